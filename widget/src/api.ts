// The calls of the web channel, each with its time limit, and all that can go wrong put in eight words.

import { bare, parse } from "./page";
import { type Item, isToken, type Message, readMessages } from "./protocol";

export type Kind =
  | "unreachable" // no network, or nobody answers
  | "slow" // no answer within the time limit
  | "busy" // 429
  | "gone" // the conversation no longer exists
  | "long" // 413
  | "refused" // any other 4xx: trying again won't help
  | "broken" // 5xx, or an answer that can't be read
  | "off"; // 403: this page is not on the server's list

export class Trouble extends Error {
  kind: Kind;
  /** Seconds to wait, for `busy`. */
  wait: number;

  constructor(kind: Kind, wait = 0) {
    super(kind);
    this.kind = kind;
    this.wait = wait;
  }
}

/** Milliseconds after which a call is given up. */
const TIME_LIMIT = 60_000;
/** Seconds of a Retry-After that says nothing a client could go by, and the most that is obeyed. */
const WAIT = 60;
const LONGEST_WAIT = 600;

export class Api {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  async create(): Promise<{ token: string; messages: Message[] }> {
    const data = await this.#json("POST", "conversations", undefined, {});
    const token = (data as { token?: unknown } | null)?.token;
    if (!isToken(token)) throw new Trouble("broken");
    return { token, messages: this.#messages(data) };
  }

  async send(token: string, item: Item): Promise<Message[]> {
    const { id, text, payload } = item;
    return this.#messages(
      await this.#json("POST", "messages", token, bare<object>(payload ? { id, payload } : { id, text })),
    );
  }

  /** The conversation from after message `id` on, or the whole of it when the server doesn't know the id. */
  async since(token: string, id?: string): Promise<Message[]> {
    const query = id ? `?after=${encodeURIComponent(id)}` : "";
    try {
      return this.#messages(await this.#json("GET", `messages${query}`, token));
    } catch (error) {
      if (id && error instanceof Trouble && error.kind === "refused") return this.since(token);
      throw error;
    }
  }

  /** Forgets the conversation; the text says what stays. */
  async forget(token: string): Promise<string> {
    const response = await this.#call("DELETE", "conversations", token);
    try {
      const { message } = parse(await response.text()) as { message?: unknown };
      return typeof message === "string" ? message : "";
    } catch {
      return ""; // forgotten all the same: the status said so
    }
  }

  async events(token: string, signal: AbortSignal): Promise<Response> {
    const response = await this.#call("GET", "events", token, undefined, signal);
    if (!response.body || !/^text\/event-stream/.test(response.headers.get("content-type") ?? "")) {
      throw new Trouble("broken");
    }
    return response;
  }

  /**
   * True when the server answers but not to this website: what a page may not read looks like no answer at all,
   * while the loader's script may be read by everybody.
   */
  async turnedAway(): Promise<boolean> {
    if (new URL(this.base).origin === location.origin) return false;
    try {
      return (await fetch(`${this.base}widget.js`, { credentials: "omit", cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  #messages(data: unknown): Message[] {
    try {
      return readMessages(data, this.base);
    } catch {
      throw new Trouble("broken");
    }
  }

  async #json(method: string, path: string, token?: string, body?: object): Promise<unknown> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), TIME_LIMIT);
    try {
      const response = await this.#call(method, path, token, body, limit.signal);
      return parse(await response.text());
    } catch (error) {
      if (limit.signal.aborted) throw new Trouble("slow");
      throw error instanceof Trouble
        ? error
        : new Trouble(error instanceof SyntaxError ? "broken" : "unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  async #call(
    method: string,
    path: string,
    token?: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json, text/event-stream" };
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers["content-type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(
        this.base + path,
        bare<RequestInit>(
          { method, headers, mode: "cors", credentials: "omit", cache: "no-store" },
          body ? { body: JSON.stringify(body) } : {},
          signal ? { signal } : {},
        ),
      );
    } catch {
      throw new Trouble("unreachable");
    }
    if (response.ok) return response;
    const { status } = response;
    if (status === 429) throw new Trouble("busy", wait(response.headers.get("retry-after")));
    if (status === 413) throw new Trouble("long");
    if (status === 403) throw new Trouble("off");
    // Without a token nothing can be gone; with one, an unknown token is as good as a deleted conversation.
    if (token && (status === 410 || status === 401)) throw new Trouble("gone");
    throw new Trouble(status < 500 && status !== 408 ? "refused" : "broken");
  }
}

/** Seconds of a Retry-After header, which is a number or a date. A timer that is set for too long would go off at once. */
function wait(header: string | null): number {
  const given = header ?? "";
  const date = /GMT$/.test(given) ? Math.ceil((Date.parse(given) - Date.now()) / 1000) : Number.NaN;
  const seconds = /^\d+$/.test(given) ? Number(given) : date;
  return Number.isNaN(seconds) ? WAIT : Math.min(LONGEST_WAIT, Math.max(1, seconds));
}
