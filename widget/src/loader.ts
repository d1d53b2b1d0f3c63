// The loader: draws the launcher, and fetches the rest on the first click or touch.
// It holds on its own: no import of the chat window's code beyond types, 3 KB gzipped at most.

import { readable } from "./color";
import css from "./css/launcher.css";
import { adopt, type Chat, type Contact, type Host, storageKey } from "./host";
import { mark } from "./icons";
import { bare, page } from "./page";

declare const BUNDLE: string;

declare global {
  interface Window {
    Legwork?: Legwork;
  }
}

interface Legwork {
  open(): void;
  close(): void;
  send(text: string): void;
  /** Calls `heard` on "open", "close" and "message"; returns a function that ends it. */
  on(what: string, heard: (detail: unknown) => void): () => void;
}

const TAG = "legwork-chat";
const WORDS: Record<string, [ask: string, down: string]> = {
  en: ["Ask a question", "The chat can’t be reached right now. Please try later or another way."],
  es: ["Haga una pregunta", "El chat no responde ahora. Inténtelo más tarde o de otra manera."],
};

// The server puts the practice's contact in place of this empty object when it serves the loader.
const served: Contact = JSON.parse("{}");
const script =
  (page.currentScript as HTMLScriptElement | null) ??
  page.querySelector<HTMLScriptElement>('script[src*="/widget.js"]');
const base = new URL(script?.dataset.server ?? ".", script?.src || location.href).href;

let shown: LegworkChat | undefined;

class LegworkChat extends HTMLElement {
  /** Made by the loader, not placed by the owner. */
  automatic = false;
  #host: Host | undefined;
  #chat: Promise<Chat> | undefined;
  #body = page.body;

  connectedCallback(): void {
    if (shown && shown !== this) {
      if (this.automatic || !shown.automatic) return; // a second tag does no harm
      shown.remove(); // the owner's own element comes before the loader's
    }
    shown = this;
    this.#host ??= this.#draw();
    // The top layer is above every z-index; where it is missing, the style sheet's z-index does what it can.
    this.popover = "manual";
    this.showPopover?.();
    this.#body = page.body;
    if ((bare(this.dataset).open ?? "false") !== "false") this.open(false);
    else if (remembered()) (window.requestIdleCallback ?? setTimeout)(() => this.load().catch(() => {}));
  }

  disconnectedCallback(): void {
    // Some site builders swap the whole body from page to page: then the window moves along.
    setTimeout(() => {
      if (this.isConnected || shown !== this) return;
      if (this.automatic && page.body !== this.#body) {
        page.body.append(this);
        return;
      }
      shown = undefined;
      this.#chat?.then((chat) => chat.stop()).catch(() => {});
    });
  }

  load(): Promise<Chat> {
    const host = this.#host as Host;
    const retry = host.root.querySelector(".down")?.firstChild ? `&t=${Date.now()}` : "";
    this.#chat ??= import(`${base}${BUNDLE}${retry}`).then((bundle) => bundle.start(host));
    this.#chat.catch(() => {
      this.#chat = undefined;
    });
    return this.#chat;
  }

  open(byUser: boolean): void {
    this.#when((chat) => chat.open(byUser));
  }

  close(): void {
    this.#chat?.then((chat) => chat.close());
  }

  send(text: string): void {
    this.#when((chat) => chat.send(text));
  }

  #when(loaded: (chat: Chat) => void): void {
    this.load().then(loaded, () => this.#reachOtherwise());
  }

  #draw(): Host {
    const shadow = this.attachShadow({ mode: "open" });
    adopt(shadow, css);
    const options = bare(this.dataset);
    const language = (options.language ?? "en").toLowerCase();
    const spoken = WORDS[language.slice(0, 2)] ? language : "en";
    const root = create("section", `root ${options.position ?? ""}`);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const dress = () =>
      root.classList.toggle("dark", options.theme ? options.theme === "dark" : dark.matches);
    dark.addEventListener("change", dress);
    dress();
    root.lang = spoken;
    root.dir = options.dir ?? (/^(ar|fa|he|ur|yi)\b/.test(language) ? "rtl" : "ltr");
    root.ariaLabel = options.title ?? words(spoken)[0];
    const launcher = create("button", "launcher");
    launcher.ariaExpanded = "false";
    launcher.append(mark(), create("span", "", options.label ?? words(spoken)[0]));
    // The first touch already fetches, the click that follows opens.
    launcher.addEventListener("pointerdown", () => this.load().catch(() => {}));
    launcher.addEventListener("click", () => this.#when((chat) => chat.toggle()));
    const down = create("div", "down");
    down.role = "status";
    root.append(launcher, down);
    shadow.append(root);
    if (options.accent) color(root, options.accent);
    return { element: this, shadow, root, launcher, base, contact: served };
  }

  /** The chat window itself can't be fetched: says how to reach the practice instead. */
  #reachOtherwise(): void {
    const { root } = this.#host as Host;
    const { phone, email } = bare<Contact>(served, this.dataset);
    const box = root.querySelector(".down") as HTMLElement;
    box.replaceChildren(create("p", "", words(root.lang)[1]));
    if (phone) box.appendChild(create("a", "", phone)).href = `tel:${phone.replace(/[^+\d]/g, "")}`;
    if (email) box.appendChild(create("a", "", email)).href = `mailto:${email}`;
  }
}

function create<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = page.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

function words(language: string): [string, string] {
  return (WORDS[language.slice(0, 2)] ?? WORDS.en) as [string, string];
}

/** Sets the owner's accent color, mended for both schemes. What is no color is left alone. */
function color(root: HTMLElement, accent: string): void {
  const probe = create("i");
  probe.style.color = accent;
  if (!probe.style.color) return;
  root.append(probe);
  const parts = /^rgba?\((\d+), (\d+), (\d+)/.exec(getComputedStyle(probe).color);
  probe.remove();
  if (!parts) return;
  const accents = [Number(parts[1]), Number(parts[2]), Number(parts[3])] as [number, number, number];
  for (const scheme of ["light", "dark"] as const)
    root.style.setProperty(`--accent-${scheme}`, readable(accents, scheme));
}

/** True when a conversation is going on: then the window may have to be open again on this page. */
function remembered(): boolean {
  try {
    return localStorage.getItem(storageKey(base)) !== null;
  } catch {
    return false;
  }
}

function begin(): void {
  if (shown || page.querySelector(TAG)) return;
  const element = page.createElement(TAG) as LegworkChat;
  element.automatic = true;
  if (script) Object.assign(element.dataset, script.dataset);
  page.body.append(element);
}

// Asked for by its name an element of the page (`<div id="Legwork">`) would answer, so the tag is what tells a second run.
if (!customElements.get(TAG)) {
  // What the page itself declared under this name is left to it.
  if (!Object.hasOwn(window, "Legwork"))
    window.Legwork = {
      open: () => shown?.open(true),
      close: () => shown?.close(),
      send: (text) => shown?.send(String(text)),
      on(what, heard) {
        const listener = (event: Event) => heard((event as CustomEvent).detail);
        page.addEventListener(`legwork:${what}`, listener);
        return () => page.removeEventListener(`legwork:${what}`, listener);
      },
    };
  customElements.define(TAG, LegworkChat);
  if (page.body) begin();
  else page.addEventListener("DOMContentLoaded", begin);
}
