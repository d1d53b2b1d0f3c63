// Messages that come later: the event stream, read with fetch since it needs the token in a header.

import { type Api, Trouble } from "./api";
import { parse } from "./page";
import { type Message, readMessage } from "./protocol";

/** Milliseconds without a heartbeat after which the line counts as dead. */
const SILENCE = 90_000;
const LONGEST_PAUSE = 60_000;
/** Failures in a row after which it waits for a sign of life: the page shown again, the network back, a message sent. */
const PATIENCE = 8;

export class Stream {
  #api: Api;
  #heard: (messages: Message[]) => void;
  #lost: () => Promise<unknown>;
  #line: AbortController | undefined;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `heard` gets what came at once; `lost` is called for each new connection, to fetch what was missed. */
  constructor(api: Api, heard: (messages: Message[]) => void, lost: () => Promise<unknown>) {
    this.#api = api;
    this.#heard = heard;
    this.#lost = lost;
  }

  /** Listens from now on; does nothing when it already does. Pauses of a broken line are cut short. */
  start(token: string): void {
    if (this.#line) return;
    clearTimeout(this.#timer);
    this.#failures = 0;
    void this.#run(token);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#line?.abort();
    this.#line = undefined;
  }

  async #run(token: string): Promise<void> {
    const line = new AbortController();
    this.#line = line;
    let pause = 0;
    try {
      const response = await this.#api.events(token, line.signal);
      // Only once the line stands: what came before is fetched, what comes from now on is heard.
      await this.#lost();
      await this.#read(response, line);
    } catch (error) {
      if (error instanceof Trouble && error.kind === "busy") pause = error.wait * 1000;
      if (
        error instanceof Trouble &&
        (error.kind === "gone" || error.kind === "refused" || error.kind === "off")
      ) {
        this.#line = undefined;
        if (error.kind === "gone") this.#lost().catch(() => {}); // no answer now: the next message will find out
        return;
      }
    }
    line.abort();
    if (this.#line !== line) return;
    this.#line = undefined;
    this.#failures++;
    if (this.#failures > PATIENCE) return;
    pause ||= Math.min(LONGEST_PAUSE, 1000 * 2 ** this.#failures) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.#run(token), pause);
  }

  async #read(response: Response, line: AbortController): Promise<void> {
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const watchdog = setTimeout(() => line.abort(), SILENCE);
      const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
      if (done) return;
      this.#failures = 0;
      const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
      rest = blocks[blocks.length - 1] ?? "";
      const messages: Message[] = [];
      for (let index = 0; index < blocks.length - 1; index++) {
        const message = this.#event(blocks[index] ?? "");
        if (message) messages[messages.length] = message;
      }
      if (messages.length) this.#heard(messages);
    }
  }

  #event(block: string): Message | undefined {
    let name = "message";
    let data = "";
    for (const line of block.split("\n")) {
      const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (field === "event") name = value ?? "";
      if (field === "data") data += value;
    }
    if (name !== "message" || !data) return undefined;
    try {
      return readMessage(parse(data), this.#api.base);
    } catch {
      return undefined; // half an event: fetched whole after the next connection
    }
  }
}
