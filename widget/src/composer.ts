// Where the client writes.

import { button, make } from "./dom";
import { icon } from "./icons";
import { MAX_TEXT } from "./protocol";
import type { Words } from "./strings";

/** Characters left at which the client is told. */
const SOON = 100;

export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  #count: HTMLElement;
  #words: Words;
  #send: (text: string) => void;
  #typed: (text: string) => void;

  /** `send` gets what is to be said; `typed` gets each draft. */
  constructor(words: Words, send: (text: string) => void, typed: (text: string) => void) {
    this.#words = words;
    this.#send = send;
    this.#typed = typed;
    this.input = make("textarea", "", {
      id: "text",
      rows: "1",
      placeholder: words.placeholder,
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": "count",
    });
    this.#count = make("p", "count", { id: "count", "aria-live": "polite" });
    const submit = button("submit", () => {}, icon("M12 19V5M6 11l6-6 6 6"));
    submit.type = "submit";
    submit.ariaLabel = words.send;
    const label = make("label", "unseen", { for: "text" }, words.label);
    this.element = make("form", "composer", { novalidate: true }, label, this.input, submit, this.#count);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => this.#changed());
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
  }

  get text(): string {
    return this.input.value;
  }

  set text(text: string) {
    this.input.value = text;
    this.#changed();
  }

  #submit(): void {
    const text = this.text.trim();
    if (!text || length(text) > MAX_TEXT) return;
    this.text = "";
    this.#send(text);
  }

  #changed(): void {
    const left = MAX_TEXT - length(this.text.trim());
    const words = this.#words;
    const said =
      left < 0
        ? words.tooLong.replace("COUNT", String(MAX_TEXT - left))
        : left <= SOON
          ? words.left.replace("COUNT", String(left))
          : "";
    if (this.#count.textContent !== said) this.#count.textContent = said;
    this.#count.classList.toggle("over", left < 0);
    this.input.ariaInvalid = left < 0 ? "true" : "false";
    // Browsers without field-sizing grow the field by hand.
    if (!CSS.supports("field-sizing", "content")) {
      this.input.style.height = "auto";
      this.input.style.height = `${this.input.scrollHeight + 2}px`;
    }
    this.#typed(this.text);
  }
}

/** Code points, which is what the server counts. */
function length(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
