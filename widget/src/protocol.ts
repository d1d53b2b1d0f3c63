// The messages of the web channel. What the server sends is read with care: a part that is not as it must be is left out.

import { bare } from "./page";

export interface Offer {
  title: string;
  payload: string;
}

export interface Row {
  label: string;
  value: string;
  payload?: string;
}

export interface Card {
  kind: string;
  rows: Row[];
}

export interface Link {
  title: string;
  /** Absolute, and of a kind that may be followed. */
  url: string;
}

export interface Message {
  id: string;
  from: "client" | "legwork" | "jessica";
  at: string;
  topic: string;
  text: string;
  offers: Offer[];
  link?: Link;
  attachment?: Link;
  card?: Card;
  level?: string;
}

/** What the client says: typed words, or a payload the bot offered with its title. */
export interface Item {
  id: string;
  at: string;
  text: string;
  payload?: string;
}

/** Code points the server accepts in one message. */
export const MAX_TEXT = 1000;

/** True for what can be sent in a header as it is. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]{1,500}$/.test(value);
}

type Loose = Record<string, unknown>;

/** Reads a list of messages; throws a TypeError when it is no list. */
export function readMessages(data: unknown, base: string): Message[] {
  const list = (data as Loose | null)?.messages;
  if (!Array.isArray(list)) throw new TypeError("no messages");
  const messages: Message[] = [];
  for (const entry of list) {
    const message = readMessage(entry, base);
    if (message) messages[messages.length] = message;
  }
  return messages;
}

export function readMessage(data: unknown, base: string): Message | undefined {
  const raw = (data ?? {}) as Loose;
  const id = typeof raw.id === "number" ? String(raw.id) : raw.id;
  if (typeof id !== "string" || !id) return undefined;
  const message: Message = bare<Message>({
    id,
    from: raw.from === "client" || raw.from === "jessica" ? raw.from : "legwork",
    at: words(raw.at),
    topic: words(raw.topic),
    text: words(raw.text),
    offers: [],
  });
  if (Array.isArray(raw.quick_replies)) {
    for (const entry of raw.quick_replies as Loose[]) {
      const offer = { title: words(entry?.title), payload: words(entry?.payload) };
      if (offer.title && offer.payload) message.offers[message.offers.length] = offer;
    }
  }
  const card = readCard(raw.card as Loose | null);
  if (card) message.card = card;
  const link = readLink(raw.link as Loose | null, base);
  if (link) message.link = link;
  const attachment = readLink(raw.attachment as Loose | null, base);
  if (attachment) message.attachment = attachment;
  if (typeof raw.level === "string") message.level = raw.level;
  return message;
}

function readCard(raw: Loose | null): Card | undefined {
  if (!raw || !Array.isArray(raw.rows)) return undefined;
  const rows: Row[] = [];
  for (const entry of raw.rows as Loose[]) {
    const row = bare<Row>({ label: words(entry?.label), value: words(entry?.value) });
    if (typeof entry?.payload === "string" && entry.payload) row.payload = entry.payload;
    if (row.label || row.value) rows[rows.length] = row;
  }
  return rows.length ? { kind: words(raw.kind), rows } : undefined;
}

function readLink(raw: Loose | null, base: string): Link | undefined {
  const url = safeUrl(words(raw?.url), base);
  return url
    ? { title: words(raw?.title) || words(raw?.name) || url.replace(/^\w+:(\/\/)?/, ""), url }
    : undefined;
}

/** The address when it may be followed, else undefined. Plain http is for the server itself only, as on one's own machine. */
export function safeUrl(address: string, base: string): string | undefined {
  if (!address) return undefined;
  try {
    const url = new URL(address, base);
    const safe = /^(https|tel|mailto|sms):$/.test(url.protocol);
    return safe || (url.protocol === "http:" && url.origin === new URL(base).origin) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Text without the characters that turn the direction of what follows them, which can make one word look like another. */
function words(value: unknown): string {
  const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}
