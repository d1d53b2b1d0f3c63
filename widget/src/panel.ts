// The window: its frame, how it opens and closes, where the focus goes, and what waits unread.

import type { Composer } from "./composer";
import { button, make } from "./dom";
import type { Host } from "./host";
import { icon, mark } from "./icons";
import type { Log } from "./log";
import type { Menu } from "./menu";
import { Phone } from "./phone";
import type { Message } from "./protocol";
import type { Status } from "./status";
import type { Words } from "./strings";

interface Parts {
  log: Log;
  status: Status;
  composer: Composer;
  menu: Menu;
}

const CROSS = "M6 6l12 12M18 6L6 18";

export class Panel {
  #host: Host;
  #words: Words;
  #parts: Parts;
  #changed: (open: boolean) => void;
  #dialog: HTMLDialogElement;
  #phone: Phone;
  #below: HTMLButtonElement;
  #belowSays: HTMLElement;
  #badge = make("span", "unread", { "aria-hidden": "true" });
  #label: string;
  #unread = 0;

  constructor(host: Host, words: Words, parts: Parts, changed: (open: boolean) => void) {
    this.#host = host;
    this.#words = words;
    this.#parts = parts;
    this.#changed = changed;
    this.#label = host.launcher.textContent ?? "";
    const { log, status, composer, menu } = parts;
    const close = button("round", () => this.close(), icon(CROSS));
    close.ariaLabel = words.close;
    this.#belowSays = make("span", "", {}, words.newBelow);
    this.#below = button("below", () => this.#goToEnd(), icon("M12 5v14M6 13l6 6 6-6"), this.#belowSays);
    this.#below.hidden = true;
    const head = make(
      "header",
      "head",
      {},
      mark(),
      make("div", "", {}, make("h2", "", { id: "title" }, words.title), make("p", "", {}, words.sub)),
      menu.opener,
      close,
      hills(),
    );
    this.#dialog = make(
      "dialog",
      "panel",
      { id: "panel", "aria-labelledby": "title" },
      head,
      menu.element,
      log.scroller,
      make("footer", "", {}, this.#below, status.element, composer.element),
    );
    host.root.append(this.#dialog);
    host.launcher.setAttribute("aria-controls", "panel");
    host.launcher.append(this.#badge);
    this.#phone = new Phone(
      this.#dialog,
      () => this.close(),
      () => this.#turned(),
    );
    this.#listen();
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  /** `byUser` moves the focus in. On a touch screen it doesn't go to the input, whose keyboard would hide the greeting. */
  open(byUser: boolean): void {
    if (!this.isOpen) {
      this.#show();
      this.#phone.opened();
      this.#host.launcher.ariaExpanded = "true";
      this.#read();
      this.#changed(true);
    }
    if (byUser) {
      const touch = matchMedia("(pointer: coarse)").matches;
      (touch ? this.#parts.log.scroller : this.#parts.composer.input).focus();
    }
  }

  close(): void {
    if (!this.isOpen) return;
    const inside = this.#host.shadow.activeElement !== null;
    this.#parts.menu.close();
    this.#dialog.close();
    this.#host.root.classList.remove("open");
    this.#draw(mark());
    this.#phone.closed();
    this.#host.launcher.ariaExpanded = "false";
    if (inside) this.#host.launcher.focus();
    this.#changed(false);
  }

  stop(): void {
    this.#phone.stop();
    this.#dialog.remove();
  }

  toEnd(): void {
    this.#parts.log.toEnd();
  }

  /** The button that does it goes away, and the focus on to what is read. */
  #goToEnd(): void {
    this.toEnd();
    this.#below.hidden = true;
    this.#parts.log.scroller.focus();
  }

  /** After a reload: back to the message that was at the top, or to the end. */
  settle(place: string | undefined): void {
    const message = place ? this.#parts.log.ids.get(place) : undefined;
    if (message) message.scrollIntoView({ block: "start" });
    else this.toEnd();
  }

  /** Counts what comes while nobody looks. Told before it is drawn; what is returned is to be called after. */
  arrived(messages: Message[]): () => void {
    if (this.isOpen) {
      const { log } = this.#parts;
      // An answer longer than the window only shows that it goes on; who reads further up is told in words.
      const goesOn = log.atEnd;
      return () => {
        this.#below.classList.toggle("goes-on", goesOn);
        this.#belowSays.textContent = goesOn ? this.#words.moreBelow : this.#words.newBelow;
        this.#below.hidden = log.atEnd;
      };
    }
    if (!messages.length) return () => {};
    this.#unread += messages.length;
    this.#badge.textContent = String(Math.min(99, this.#unread));
    this.#host.launcher.ariaLabel = `${this.#label} (${this.#words.newCount.replace("COUNT", String(this.#unread))})`;
    return () => {};
  }

  again(begin: () => void): HTMLButtonElement {
    return button("retry", begin, this.#words.again);
  }

  #read(): void {
    this.#unread = 0;
    this.#badge.textContent = "";
    this.#host.launcher.ariaLabel = null;
  }

  /** Beside the page on a large screen, instead of it on a small one. */
  #show(): void {
    this.#host.root.classList.add("open");
    this.#draw(icon(CROSS));
    if (this.#phone.small.matches) this.#dialog.showModal();
    else this.#dialog.open = true; // show() would take the focus
  }

  /** Changes the launcher's icon. */
  #draw(drawn: SVGSVGElement): void {
    this.#host.launcher.querySelector("svg")?.replaceWith(drawn);
  }

  #turned(): void {
    if (!this.isOpen) return;
    const focused = this.#host.shadow.activeElement as HTMLElement | null;
    const stay = this.#parts.log.atEnd;
    this.#dialog.close();
    this.#show();
    focused?.focus();
    if (stay) this.toEnd();
  }

  #listen(): void {
    const { log, menu } = this.#parts;
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      if (menu.isOpen) menu.close();
      else this.close();
    });
    // A phone's back gesture.
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.#dialog.addEventListener("pointerdown", (event) => {
      const pressed = event.composedPath()[0] as Node;
      if (menu.isOpen && !menu.element.contains(pressed) && !menu.opener.contains(pressed)) menu.close();
    });
    log.scroller.addEventListener(
      "scroll",
      () => {
        if (log.atEnd) this.#below.hidden = true;
      },
      { passive: true },
    );
    // The page's own shortcuts must not fire while the client types.
    for (const name of ["keydown", "keyup", "keypress"]) {
      this.#dialog.addEventListener(name, (event) => event.stopPropagation());
    }
  }
}

/** The line under the title: the elevation of a run in the hills around West Boylston, freely drawn. */
function hills(): SVGSVGElement {
  const drawn = icon(
    "M-4 25V17C18 15 26 8 40 8s22 7 36 6 20-11 36-11 24 12 40 12 22-7 36-7 26 6 40 5 20-8 32-8 26 10 40 10 18-4 30-5 34 3 54 2V25z",
  );
  drawn.setAttribute("viewBox", "0 0 380 20");
  drawn.setAttribute("preserveAspectRatio", "none");
  drawn.setAttribute("class", "hills");
  return drawn;
}
