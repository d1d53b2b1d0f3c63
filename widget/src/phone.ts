// On a phone the window fills the screen: the keyboard, the back button and the turn of the phone are seen to here.

const SMALL = "(max-width: 520px), (max-height: 420px)";

export class Phone {
  readonly small = matchMedia(SMALL);
  #panel: HTMLDialogElement;
  #back: () => void;
  #turned: () => void;
  #pushed = false;

  /** `back` is called when the back button was pressed, `turned` when the screen became small or large. */
  constructor(panel: HTMLDialogElement, back: () => void, turned: () => void) {
    this.#panel = panel;
    this.#back = back;
    this.#turned = turned;
    this.small.addEventListener("change", this.#turn);
    addEventListener("popstate", this.#pop);
    visualViewport?.addEventListener("resize", this.#fit);
    visualViewport?.addEventListener("scroll", this.#fit);
  }

  stop(): void {
    this.small.removeEventListener("change", this.#turn);
    removeEventListener("popstate", this.#pop);
    visualViewport?.removeEventListener("resize", this.#fit);
    visualViewport?.removeEventListener("scroll", this.#fit);
  }

  /** Gives the back button a step of its own, at the same address. */
  opened(): void {
    this.#fit();
    if (!this.small.matches || history.state?.legwork) return;
    history.pushState({ ...history.state, legwork: true }, "");
    this.#pushed = true;
  }

  /** Takes that step back again when the window was closed in another way. */
  closed(): void {
    if (this.#pushed && history.state?.legwork) history.back();
    this.#pushed = false;
  }

  #turn = (): void => this.#turned();

  #pop = (): void => {
    if (history.state?.legwork) return;
    this.#pushed = false;
    this.#back();
  };

  /** The part of the screen that the keyboard leaves. */
  #fit = (): void => {
    if (!visualViewport) return;
    this.#panel.style.setProperty("--top", `${visualViewport.offsetTop}px`);
    this.#panel.style.setProperty("--height", `${visualViewport.height}px`);
  };
}
