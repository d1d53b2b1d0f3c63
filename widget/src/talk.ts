// The conversation itself, without a window: its token, its messages, and what is on its way.

import { type Api, type Kind, Trouble } from "./api";
import { has, keep } from "./lists";
import { bare, page } from "./page";
import type { Item, Message } from "./protocol";
import type { Store } from "./store";
import { Stream } from "./stream";

export type State =
  | { kind: "ready" }
  | { kind: "waiting" } // an answer is on its way
  | { kind: "trouble"; trouble: Kind; until: number; final: boolean }; // until: when it is tried again, in ms

/** What the window is told. */
export interface Ear {
  /** What was said before this page was loaded. */
  history(messages: Message[]): void;
  messages(messages: Message[]): void;
  /** The client's words, before the server has them. */
  pending(item: Item): void;
  /** The server has them. */
  delivered(id: string): void;
  /** The server won't take them; they go back to where they were typed. */
  returned(item: Item, trouble: Kind): void;
  state(state: State): void;
  /** The conversation no longer exists. Told before the new one begins. */
  gone(): void;
}

/** Seconds before each further try. After the last, it waits for the client or for the network. */
const PAUSES: { [kind in Kind]?: number[] } = {
  unreachable: [1, 2, 4, 8, 15, 30],
  broken: [1, 4, 10],
  slow: [2],
};
/** Times in a row that a "wait" is obeyed before it is left to the client. */
const WAITS = 5;
/** Failures after which it is looked into whether the server answers to others. */
const DOUBT = 2;
/** Milliseconds a hidden page goes on listening. */
const HIDDEN = 30_000;

export class Talk {
  #api: Api;
  #store: Store;
  #ear: Ear;
  #stream: Stream;
  #token = "";
  #kept = false;
  #seen = new Set<string>();
  #last = "";
  #outbox: Item[] = [];
  #running = false;
  #wake: (() => void) | undefined;
  #tries = 0;
  #clock = 0;
  #over = false;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #hidden = 0;
  #tabs: BroadcastChannel | undefined;

  constructor(api: Api, store: Store, ear: Ear) {
    this.#api = api;
    this.#store = store;
    this.#ear = ear;
    this.#stream = new Stream(
      api,
      (messages) => this.#take(messages),
      () => this.#sync(),
    );
    addEventListener("online", this.retry);
    addEventListener("pagehide", this.#leave);
    addEventListener("pageshow", this.#back);
    page.addEventListener("visibilitychange", this.#look);
    this.#join();
  }

  stop(): void {
    removeEventListener("online", this.retry);
    removeEventListener("pagehide", this.#leave);
    removeEventListener("pageshow", this.#back);
    page.removeEventListener("visibilitychange", this.#look);
    this.#leave();
  }

  /** The id of the last message of the conversation that is stored; none before the server has told of it. */
  get last(): string {
    return this.#kept ? this.#last : "";
  }

  /** Takes the conversation up where it was left, or begins one. */
  begin(): void {
    this.#over = false;
    void this.#run();
  }

  say(text: string, payload?: string): void {
    this.#over = false;
    this.#clock = Math.max(Date.now(), this.#clock + 1);
    const item = bare<Item>(
      { id: newId(), at: new Date(this.#clock).toISOString(), text },
      payload ? { payload } : {},
    );
    this.#outbox = [...this.#outbox, item];
    // Stored at once if the conversation is: a reload before the answer must not lose it.
    if (this.#kept) this.#store.queue(item);
    this.#seen.add(item.id);
    this.#ear.pending(item);
    this.retry();
  }

  /** Tries at once what waits for a later try. */
  retry = (): void => {
    this.#tries = 0;
    if (this.#wake) this.#wake();
    else void this.#run();
  };

  /** Deletes the conversation on the server and here. Throws Trouble when the server can't be told. */
  async forget(): Promise<string> {
    let last = "";
    try {
      if (this.#token) last = await this.#api.forget(this.#token);
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== "gone") throw error;
    }
    this.#reset();
    this.#over = true;
    this.#tabs?.postMessage({ gone: true });
    return last;
  }

  /** Works until there is a conversation and nothing is left to send. */
  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#over && (!this.#token || this.#outbox.length)) {
        if (!(await this.#step())) return;
      }
      this.#ear.state({ kind: "ready" });
      this.#listen();
    } finally {
      this.#running = false;
    }
  }

  /** One call to the server, and a pause if it failed. False when it has been tried often enough. */
  async #step(): Promise<boolean> {
    const item = this.#outbox[0];
    try {
      if (this.#token && item) await this.#send(item);
      else await this.#open();
      this.#tries = 0;
      return true;
    } catch (error) {
      return this.#failed(error instanceof Trouble ? error.kind : "broken", error, item);
    }
  }

  async #open(): Promise<void> {
    this.#ear.state({ kind: "waiting" });
    const kept = this.#store.read();
    if (kept) {
      const history = await this.#api.since(kept.token);
      this.#token = kept.token;
      this.#kept = true;
      this.#note(history);
      this.#ear.history(history);
      // What an earlier page didn't get rid of. The server knows by the id what it has had already.
      const left = keep(this.#store.outbox(), (item) => !has(this.#outbox, ({ id }) => id === item.id));
      this.#outbox = [...left, ...this.#outbox];
      for (const item of this.#outbox) {
        this.#store.queue(item);
        this.#seen.add(item.id);
        this.#ear.pending(item);
      }
      return;
    }
    const { token, messages } = await this.#api.create();
    this.#token = token;
    this.#take(messages);
  }

  async #send(item: Item): Promise<void> {
    if (!this.#kept && this.#store.read()) {
      this.#token = ""; // another tab spoke first: its conversation is the one that is kept
      return;
    }
    this.#keep();
    this.#ear.state({ kind: "waiting" });
    const token = this.#token;
    const answers = await this.#api.send(token, item);
    if (token !== this.#token) return; // forgotten meanwhile
    this.#done(item);
    this.#ear.delivered(item.id);
    this.#take(answers);
    this.#tabs?.postMessage({ token: this.#token });
  }

  /** From the first message on the conversation is stored. */
  #keep(): void {
    if (this.#kept) return;
    this.#store.begin(this.#token, this.#last);
    for (const item of this.#outbox) this.#store.queue(item);
    this.#kept = true;
  }

  #done(item: Item): void {
    this.#outbox = keep(this.#outbox, (other) => other !== item);
    this.#store.sent(item.id);
  }

  async #failed(failure: Kind, error: unknown, item: Item | undefined): Promise<boolean> {
    const doubtful = failure === "unreachable" && !this.#token && this.#tries === DOUBT;
    const kind = doubtful && (await this.#api.turnedAway()) ? "off" : failure;
    if (kind === "off") console.warn(`Legwork: ${location.origin} is not among LEGWORK_ALLOWED_ORIGINS`);
    if (kind === "gone") {
      this.#renew();
      return true;
    }
    if (item && this.#token && (kind === "long" || kind === "refused")) {
      this.#done(item);
      this.#ear.returned(item, kind);
      return true;
    }
    const pauses = PAUSES[kind] ?? [];
    const pause = kind === "busy" && this.#tries < WAITS ? (error as Trouble).wait : pauses[this.#tries];
    this.#tries++;
    const until = Date.now() + (pause ?? 0) * 1000;
    this.#ear.state({ kind: "trouble", trouble: kind, until, final: pause === undefined });
    if (pause === undefined) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause * 1000);
      // A "wait" of the server is not cut short.
      if (kind !== "busy") {
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }
    });
    this.#wake = undefined;
    return true;
  }

  /** The server no longer knows the conversation: a new one takes over what was not sent. */
  #renew(): void {
    const rest = this.#outbox;
    this.#reset();
    this.#ear.gone();
    for (const { id, at, text } of rest) {
      // What was offered in the old conversation is unknown to the new one: it goes as text.
      const item = bare<Item>({ id, at, text });
      this.#outbox = [...this.#outbox, item];
      this.#seen.add(id);
      this.#ear.pending(item);
    }
  }

  #reset(): void {
    this.#stream.stop();
    this.#store.clear();
    this.#token = "";
    this.#kept = false;
    this.#last = "";
    this.#seen = new Set();
    this.#outbox = [];
    this.#tries = 0;
  }

  /** Hands on what is new. */
  #take(messages: Message[]): void {
    const fresh = keep(messages, (message) => !this.#seen.has(message.id));
    this.#note(messages);
    if (fresh.length) this.#ear.messages(fresh);
  }

  #note(messages: Message[]): void {
    for (const { id } of messages) {
      if (!this.#seen.has(id)) this.#last = id; // an event may come again
      this.#seen.add(id);
    }
  }

  /** Fetches what was said elsewhere or while the line was down. */
  async #sync(): Promise<void> {
    const token = this.#token;
    if (!token || !this.#kept) return;
    try {
      const messages = await this.#api.since(token, this.#last);
      if (token === this.#token) this.#take(messages);
    } catch (error) {
      if (!(error instanceof Trouble) || error.kind !== "gone") throw error;
      if (token !== this.#token || this.#running) return; // the message on its way will find out
      this.#renew();
      this.begin();
    }
  }

  #listen(): void {
    if (this.#kept && !page.hidden) this.#stream.start(this.#token);
  }

  #look = (): void => {
    clearTimeout(this.#hiding);
    if (page.hidden) {
      this.#hidden = Date.now();
      this.#hiding = setTimeout(() => this.#stream.stop(), HIDDEN);
    } else if (this.#token) {
      // After a sleep the line may be dead without knowing it.
      if (Date.now() - this.#hidden > HIDDEN) this.#stream.stop();
      this.retry();
    }
  };

  // Open connections would keep the page out of the back-forward cache.
  #leave = (): void => {
    this.#stream.stop();
    this.#tabs?.close();
    this.#tabs = undefined;
  };

  #back = (event: PageTransitionEvent): void => {
    if (!event.persisted) return;
    this.#join();
    if (this.#token) this.retry();
  };

  /** Tabs of one conversation tell each other when something was said. */
  #join(): void {
    if (!("BroadcastChannel" in window)) return;
    try {
      this.#tabs = new BroadcastChannel(`legwork ${this.#api.base}`);
    } catch {
      return; // a sandboxed frame: each tab for itself
    }
    this.#tabs.onmessage = ({ data }) => {
      if (data?.gone && this.#kept) {
        this.#reset();
        this.#ear.gone();
        this.begin();
      } else if (data?.token && data.token === this.#token) {
        this.#sync().catch(() => {});
      } else if (data?.token && !this.#kept && !this.#outbox.length) {
        this.#token = ""; // the other tab spoke first
        this.begin();
      }
    };
  }
}

/** 128 random bits. `crypto.randomUUID` is missing on pages without https. */
function newId(): string {
  let id = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += byte.toString(16).padStart(2, "0");
  return id;
}
