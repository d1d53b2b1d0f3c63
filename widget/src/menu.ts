// What can be done with the whole conversation, behind the three dots.

import { button, make } from "./dom";
import { icon } from "./icons";
import type { Words } from "./strings";

export interface Deeds {
  toJessica(): void;
  copy(): void;
  print(): void;
  forget(): void;
}

const DOTS = "M5.5 12h.1M12 12h.1M18.5 12h.1";

export class Menu {
  readonly opener: HTMLButtonElement;
  readonly element: HTMLElement;
  #words: Words;
  #deeds: Deeds;

  constructor(words: Words, deeds: Deeds) {
    this.#words = words;
    this.#deeds = deeds;
    this.opener = button("round", () => this.toggle(), icon(DOTS));
    this.opener.ariaLabel = words.more;
    this.opener.ariaExpanded = "false";
    this.opener.setAttribute("aria-controls", "menu");
    this.element = make("div", "menu", { id: "menu", role: "group", "aria-label": words.more });
    this.element.hidden = true;
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  toggle(): void {
    if (this.isOpen) this.close();
    else this.#show(this.#choices());
  }

  /** Closes it; the focus goes back to where it was opened, unless it is elsewhere already. */
  close(): void {
    const root = this.element.getRootNode() as ShadowRoot;
    const inside = this.element.contains(root.activeElement);
    this.element.hidden = true;
    this.opener.ariaExpanded = "false";
    if (inside) this.opener.focus();
  }

  #show(parts: HTMLElement[]): void {
    this.element.replaceChildren(...parts);
    this.element.hidden = false;
    this.opener.ariaExpanded = "true";
    this.element.querySelector("button")?.focus();
  }

  #choices(): HTMLElement[] {
    const words = this.#words;
    const act = (deed: () => void, text: string) =>
      button(
        "",
        () => {
          this.close();
          deed();
        },
        text,
      );
    return [
      act(this.#deeds.toJessica, words.toJessica),
      act(this.#deeds.copy, words.copy),
      act(this.#deeds.print, words.print),
      button("", () => this.#show(this.#sure()), words.forget),
    ];
  }

  #sure(): HTMLElement[] {
    const words = this.#words;
    const yes = button(
      "yes",
      () => {
        this.close();
        this.#deeds.forget();
      },
      words.forgetYes,
    );
    return [make("p", "", {}, words.forgetSure), button("", () => this.close(), words.forgetNo), yes];
  }
}
