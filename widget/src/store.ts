// What is kept in the browser: nothing before the first message, then one small record and what is still to be sent.
// Where storage is blocked or full, memory takes its place, and the conversation lasts as long as the page.

import { parse } from "./page";
import { type Item, isToken } from "./protocol";

export interface Record {
  token: string;
  /** Whether the window was open. */
  open: boolean;
  /** What was typed and not sent yet. */
  draft: string;
  /** The message at the top of the window, when it was not scrolled to the end. */
  place: string;
  /** The last message that was read. */
  seen: string;
}

export class Store {
  #key: string;
  #memory = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  read(): Record | undefined {
    const record = read(this.#get(this.#key)) as Partial<Record> | undefined;
    if (!isToken(record?.token)) return undefined;
    return {
      token: record.token,
      open: record.open === true,
      draft: typeof record.draft === "string" ? record.draft : "",
      place: typeof record.place === "string" ? record.place : "",
      seen: typeof record.seen === "string" ? record.seen : "",
    };
  }

  /** Begins the record. From here on `update` keeps it. */
  begin(token: string, seen: string): void {
    this.clear(); // what a record that could no longer be read has left unsent
    this.#set(this.#key, JSON.stringify({ token, open: true, draft: "", place: "", seen }));
  }

  /** Changes the record of the conversation, if there is one. */
  update(change: Partial<Record>): void {
    const record = this.read();
    if (record) this.#set(this.#key, JSON.stringify({ ...record, ...change }));
  }

  clear(): void {
    for (const item of this.outbox()) this.sent(item.id);
    this.#remove(this.#key);
  }

  // Each message to be sent has a key of its own, so that two tabs don't overwrite each other's.

  queue(item: Item): void {
    this.#set(`${this.#key} out ${item.id}`, JSON.stringify(item));
  }

  sent(id: string): void {
    this.#remove(`${this.#key} out ${id}`);
  }

  /** What is still to be sent, oldest first. */
  outbox(): Item[] {
    const items: Item[] = [];
    for (const key of this.#keys()) {
      if (!key.startsWith(`${this.#key} out `)) continue;
      const item = read(this.#get(key)) as Item | undefined;
      if (typeof item?.id !== "string" || typeof item.text !== "string") continue;
      let place = items.length;
      for (; place > 0 && (items[place - 1] as Item).at > item.at; place--)
        items[place] = items[place - 1] as Item;
      items[place] = item;
    }
    return items;
  }

  #keys(): Set<string> {
    const keys = new Set(this.#memory.keys());
    try {
      for (let index = 0; index < localStorage.length; index++) keys.add(localStorage.key(index) as string);
    } catch {
      // blocked: memory has all of them
    }
    return keys;
  }

  #get(key: string): string | null {
    const remembered = this.#memory.get(key);
    if (remembered !== undefined) return remembered;
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  }

  #set(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
      this.#memory.delete(key);
    } catch {
      this.#memory.set(key, value);
    }
  }

  #remove(key: string): void {
    this.#memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // blocked: it was never there
    }
  }
}

function read(text: string | null): unknown {
  try {
    return text ? parse(text) : undefined;
  } catch {
    return undefined;
  }
}
