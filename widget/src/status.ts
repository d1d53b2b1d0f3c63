// The line above the input that says how things stand with the server.

import { button, make } from "./dom";
import type { Contact } from "./host";
import type { Words } from "./strings";
import type { State } from "./talk";
import { anchor, tel } from "./text";

/** Milliseconds after which waiting for an answer is said to take long. */
const LONG = 8_000;
/** Seconds of a wait that is told in minutes, and from which on it is told how else the practice can be reached. */
const MINUTES = 120;

export class Status {
  readonly element: HTMLElement;
  #words: Words;
  #contact: Contact;
  #retry: () => void;
  #text = make("p", "", { role: "status" });
  #more = make("div", "reach");
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(words: Words, contact: Contact, retry: () => void) {
    this.#words = words;
    this.#contact = contact;
    this.#retry = retry;
    this.element = make("div", "status", {}, this.#text, this.#more);
  }

  show(state: State): void {
    clearTimeout(this.#timer);
    if (state.kind === "ready") this.say("");
    else if (state.kind === "waiting") {
      this.say("");
      this.#timer = setTimeout(() => this.say(this.#words.slowNow), LONG);
    } else this.#trouble(state);
  }

  say(text: string): void {
    if (this.#text.textContent !== text) this.#text.textContent = text;
    this.#more.replaceChildren();
    this.element.classList.remove("final");
  }

  #trouble({ trouble, until, final }: State & { kind: "trouble" }): void {
    const words = this.#words;
    if (trouble === "busy" && !final) {
      const left = Math.max(1, Math.round((until - Date.now()) / 1000));
      const count =
        left < MINUTES
          ? words.seconds.replace("COUNT", String(left))
          : words.minutes.replace("COUNT", String(Math.ceil(left / 60)));
      this.say(words.busy.replace("COUNT", count));
      if (left >= MINUTES) this.#reach();
      return;
    }
    if (trouble === "unreachable" && !navigator.onLine) {
      this.say(words.offline);
      return;
    }
    const named = `${trouble}${final ? "Final" : ""}` as keyof Words;
    this.say(words[named] ?? words[trouble as keyof Words] ?? words.brokenFinal);
    if (!final) return;
    this.#more.append(button("retry", this.#retry, words.retry));
    this.#reach();
  }

  /** How to reach the practice when the server doesn't come round soon. */
  #reach(): void {
    const { phone, email } = this.#contact;
    this.element.classList.add("final");
    if (phone || email) this.#more.append(make("p", "", {}, this.#words.reach));
    if (phone) this.#more.append(anchor(tel(phone), phone, "https://localhost"));
    if (email) this.#more.append(anchor(`mailto:${email}`, email, "https://localhost"));
    // Nobody is there who could tell by what was written.
    this.#more.append(make("p", "", {}, this.#words.notHere));
  }
}
