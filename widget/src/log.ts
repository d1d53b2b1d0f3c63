// The messages in the window. New ones are drawn a few at a time, so that even five hundred at once don't hold the page up.

import { card } from "./cards";
import { button, make, unseen } from "./dom";
import { icon } from "./icons";
import { has, keep } from "./lists";
import { bare, page } from "./page";
import type { Item, Message, Offer } from "./protocol";
import type { Words } from "./strings";
import { anchor, paragraphs } from "./text";

/** Milliseconds of drawing in one frame. */
const SHARE = 6;
/** Distance to the end, in px, at which the reader counts as being at the end. */
const NEAR = 24;

export const WARN = "M12 4l9 16H3zM12 10v4.5M12 17.2v.1";
const SAVE = "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14";

export class Log {
  /** What scrolls. */
  readonly scroller: HTMLElement;
  #history: HTMLElement;
  #live: HTMLElement;
  #typing: HTMLElement;
  #words: Words;
  #base: string;
  #privacy: string | undefined;
  #choose: (offer: Offer, event: MouseEvent) => void;
  #shown = new Map<string, HTMLElement>();
  #queue = new Set<{ message: Message; into: HTMLElement }>();
  #drawing = false;
  #offering = new Set<HTMLElement>();
  #speaker = "";
  #day = "";
  #asleep: (() => void)[] = [];

  /** `about` stands above the messages; it has the link to `privacy`, which no message repeats. */
  constructor(
    words: Words,
    base: string,
    about: HTMLElement,
    privacy: string | undefined,
    choose: (offer: Offer, event: MouseEvent) => void,
  ) {
    this.#words = words;
    this.#base = base;
    this.#privacy = privacy;
    this.#choose = choose;
    this.#history = make("div", "history");
    // Only what is added to this element is read out: it is empty at first, and history stays out of it.
    this.#live = make("div", "live", {
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": words.conversation,
    });
    this.#typing = make(
      "div",
      "typing",
      { "aria-hidden": "true" },
      make("i", ""),
      make("i", ""),
      make("i", ""),
    );
    this.#typing.hidden = true;
    this.scroller = make(
      "div",
      "scroll",
      { tabindex: "0", role: "region", "aria-label": words.conversation },
      about,
      this.#history,
      this.#live,
      this.#typing,
    );
  }

  /** Messages of the conversation by their ids, in the order they are shown. */
  get ids(): Map<string, HTMLElement> {
    return this.#shown;
  }

  get atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  /** The message at the top of the window; none when it is scrolled to the end. */
  get place(): string {
    if (this.atEnd) return "";
    const top = this.scroller.getBoundingClientRect().top;
    for (const [id, element] of this.#shown) if (element.getBoundingClientRect().bottom > top) return id;
    return "";
  }

  clear(): void {
    this.#queue.clear();
    this.#shown.clear();
    this.#history.replaceChildren();
    this.#live.replaceChildren();
    this.#speaker = "";
    this.#day = "";
  }

  add(messages: Message[], history = false): Promise<void> {
    const into = history ? this.#history : this.#live;
    for (const message of messages) this.#queue.add({ message, into });
    if (!this.#drawing) void this.#draw();
    return new Promise((resolve) => {
      if (this.#queue.size) this.#asleep[this.#asleep.length] = resolve;
      else resolve();
    });
  }

  /** The client's words on their way. */
  pending(item: Item): void {
    this.retire();
    if (this.#shown.has(item.id)) return;
    const element =
      this.#lastInHistory(item.text) ??
      this.#put(bare<Message>(item, { from: "client", topic: "", offers: [] }), this.#live);
    this.#shown.set(item.id, element);
    element.classList.add("pending");
    this.toEnd();
  }

  delivered(id: string): void {
    this.#shown.get(id)?.classList.remove("pending");
  }

  remove(id: string): void {
    this.#shown.get(id)?.remove();
    this.#shown.delete(id);
  }

  /** A line of the window's own, such as "we start anew". */
  note(text: string, ...parts: HTMLElement[]): void {
    this.#speaker = "";
    this.#live.append(make("div", "note", {}, make("p", "", {}, text), ...parts));
    this.toEnd();
  }

  set typing(on: boolean) {
    if (this.#typing.hidden === !on) return;
    const stay = this.atEnd;
    this.#typing.hidden = !on;
    if (stay) this.toEnd();
  }

  toEnd(): void {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Goes to the end, but not past the beginning of what is new. */
  #follow(first: HTMLElement | undefined): void {
    this.toEnd();
    // What stands above the greeting is to be seen with it.
    if (this.#shown.size === 1) this.scroller.scrollTop = 0;
    if (!first || first.parentElement !== this.#live) return;
    const above = this.scroller.getBoundingClientRect().top - first.getBoundingClientRect().top;
    if (above > 0) this.scroller.scrollTop -= above + 8;
  }

  /** Takes away what was offered before: quick replies go, times and changes become plain words. */
  retire(): void {
    for (const message of this.#offering) {
      for (const part of message.querySelectorAll(".chips, .more-days, .change")) part.remove();
      for (const day of message.querySelectorAll<HTMLElement>(".day[hidden]")) day.hidden = false;
      for (const offer of message.querySelectorAll("button.offer")) {
        offer.replaceWith(make("span", "past", {}, offer.textContent ?? ""));
      }
    }
    this.#offering.clear();
  }

  async #draw(): Promise<void> {
    this.#drawing = true;
    const stay = this.atEnd;
    let first: HTMLElement | undefined;
    while (this.#queue.size) {
      const start = performance.now();
      for (const entry of this.#queue) {
        if (performance.now() - start > SHARE) break;
        this.#queue.delete(entry);
        const { message, into } = entry;
        if (this.#shown.has(message.id)) continue;
        const known = message.from === "client" && this.#onItsWay(message.text);
        if (known) this.#shown.set(message.id, known);
        else {
          const made = this.#put(message, into);
          first ??= made;
        }
      }
      if (stay) this.#follow(first);
      if (this.#queue.size) await frame();
    }
    this.#drawing = false;
    const waiting = this.#asleep;
    this.#asleep = [];
    for (const wake of waiting) wake();
  }

  #put(message: Message, into: HTMLElement): HTMLElement {
    if (message.from === "client") this.retire();
    const words = this.#words;
    const day = dayOf(message.at);
    if (day && day !== this.#day) {
      if (this.#day || day !== dayOf(new Date().toISOString())) into.append(make("p", "day-line", {}, day));
      this.#day = day;
      this.#speaker = "";
    }
    const first = this.#speaker !== message.from;
    this.#speaker = message.from;
    const said = { client: words.you, legwork: words.legwork, jessica: words.jessica }[message.from];
    const element = make("div", `message ${message.from}${first ? " first" : ""}`, { "data-id": message.id });
    const body = make("div", "body", {}, unseen(`${said} `));
    if (first && message.from !== "client") {
      const name = message.from === "jessica" ? words.person : words.bot;
      element.append(make("p", "speaker", { "aria-hidden": "true" }, name));
    }
    element.append(body);
    if (message.level === "emergency" || message.level === "doctor") this.#warn(body, message.level);
    if (message.text) body.append(...paragraphs(message.text, this.#base));
    if (message.level === "emergency") {
      body.append(make("p", "", {}, make("a", "call", { href: "tel:911" }, words.call911)));
    }
    if (message.card) element.append(card(message.card, words, this.#choose));
    for (const link of [message.link, message.attachment]) {
      if (!link || link.url === this.#privacy) continue;
      const made = anchor(link.url, link.title, this.#base, "link");
      if (link === message.attachment) made.prepend(icon(SAVE));
      element.append(make("p", "", {}, made));
    }
    // Without the card these would have to do; with it they would stand there twice.
    const rows = message.card?.rows ?? [];
    const offers = keep(message.offers, (offer) => !has(rows, (row) => row.payload === offer.payload));
    if (offers.length) element.append(this.#chips(offers));
    if (offers.length || message.card) this.#offering.add(element);
    into.append(element);
    this.#shown.set(message.id, element);
    return element;
  }

  /** After a reload: the server may have had the words already, under a name of its own. */
  #lastInHistory(text: string): HTMLElement | undefined {
    const said = this.#history.querySelectorAll<HTMLElement>(".client");
    const last = said[said.length - 1];
    return !this.#live.firstChild && last?.querySelector("p")?.textContent === text ? last : undefined;
  }

  /** The client's own words come back from the server under another name when their answer got lost on the way. */
  #onItsWay(text: string): HTMLElement | undefined {
    for (const element of this.#live.querySelectorAll<HTMLElement>(".pending")) {
      if (element.querySelector("p")?.textContent === text) return element;
    }
    return undefined;
  }

  #warn(body: HTMLElement, level: "emergency" | "doctor"): void {
    body.classList.add("warning", level);
    body.append(make("p", "warning-title", {}, icon(WARN), this.#words[level]));
  }

  #chips(offers: Offer[]): HTMLElement {
    const list = make("ul", "chips", { "aria-label": this.#words.suggestions });
    for (const offer of offers) {
      list.append(
        make(
          "li",
          "",
          {},
          button("chip", (event) => this.#choose(offer, event), offer.title),
        ),
      );
    }
    return list;
  }
}

/** The next frame; soon, when the page is hidden and draws none. */
function frame(): Promise<unknown> {
  return new Promise((resolve) => {
    if (page.hidden) setTimeout(resolve);
    else requestAnimationFrame(resolve);
  });
}

function dayOf(at: string): string {
  const date = new Date(at);
  return Number.isNaN(+date)
    ? ""
    : date.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
}
