// The loader: draws the launcher, and fetches the rest on the first click or touch.
// It holds on its own: no import of the chat window's code beyond types, 3 KB gzipped at most.

import { readable } from "./color";
import css from "./css/launcher.css";
import { adopt, type Chat, type Contact, type Host, storageKey } from "./host";
import { mark } from "./icons";

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
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[src*="/widget.js"]');
const base = new URL(script?.dataset.server ?? ".", script?.src || location.href).href;

let shown: LegworkChat | undefined;

class LegworkChat extends HTMLElement {
  /** Made by the loader, not placed by the owner. */
  automatic = false;
  #host: Host | undefined;
  #chat: Promise<Chat> | undefined;
  #body = document.body;

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
    this.#body = document.body;
    if ((this.dataset.open ?? "false") !== "false") this.open(false);
    else if (remembered()) (window.requestIdleCallback ?? setTimeout)(() => this.load().catch(() => {}));
  }

  disconnectedCallback(): void {
    // Some site builders swap the whole body from page to page: then the window moves along.
    setTimeout(() => {
      if (this.isConnected || shown !== this) return;
      if (this.automatic && document.body !== this.#body) {
        document.body.append(this);
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
    const options = this.dataset;
    const root = document.createElement("section");
    const language = (options.language ?? "en").toLowerCase();
    const spoken = WORDS[language.slice(0, 2)] ? language : "en";
    root.className = `root ${options.position ?? ""}`;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const dress = () =>
      root.classList.toggle("dark", options.theme ? options.theme === "dark" : dark.matches);
    dark.addEventListener("change", dress);
    dress();
    root.lang = spoken;
    root.dir = options.dir ?? (/^(ar|fa|he|ur|yi)\b/.test(language) ? "rtl" : "ltr");
    root.ariaLabel = options.title ?? words(spoken)[0];
    const launcher = document.createElement("button");
    launcher.className = "launcher";
    launcher.ariaExpanded = "false";
    const label = document.createElement("span");
    label.textContent = options.label ?? words(spoken)[0];
    launcher.append(mark(), label);
    const down = document.createElement("div");
    down.className = "down";
    down.role = "status";
    root.append(launcher, down);
    shadow.append(root);
    if (options.accent) color(root, options.accent);
    // The first touch already fetches, the click that follows opens.
    launcher.addEventListener("pointerdown", () => this.load().catch(() => {}));
    launcher.addEventListener("click", () => this.#when((chat) => chat.toggle()));
    return { element: this, shadow, root, launcher, base, contact: served };
  }

  /** The chat window itself can't be fetched: says how to reach the practice instead. */
  #reachOtherwise(): void {
    const { root } = this.#host as Host;
    const { phone, email } = { ...served, ...this.dataset };
    const line = document.createElement("p");
    line.textContent = words(root.lang)[1];
    const box = root.querySelector(".down") as HTMLElement;
    box.replaceChildren(line);
    if (phone) box.append(link(`tel:${phone.replace(/[^+\d]/g, "")}`, phone));
    if (email) box.append(link(`mailto:${email}`, email));
  }
}

function words(language: string): [string, string] {
  return (WORDS[language.slice(0, 2)] ?? WORDS.en) as [string, string];
}

function link(address: string, text: string): HTMLAnchorElement {
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.textContent = text;
  return anchor;
}

/** Sets the owner's accent color, mended for both schemes. What is no color is left alone. */
function color(root: HTMLElement, accent: string): void {
  const probe = document.createElement("i");
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
  if (shown || document.querySelector(TAG)) return;
  const element = document.createElement(TAG) as LegworkChat;
  element.automatic = true;
  if (script) Object.assign(element.dataset, script.dataset);
  document.body.append(element);
}

if (!window.Legwork) {
  window.Legwork = {
    open: () => shown?.open(true),
    close: () => shown?.close(),
    send: (text) => shown?.send(String(text)),
    on(what, heard) {
      const listener = (event: Event) => heard((event as CustomEvent).detail);
      document.addEventListener(`legwork:${what}`, listener);
      return () => document.removeEventListener(`legwork:${what}`, listener);
    },
  };
  if (!customElements.get(TAG)) customElements.define(TAG, LegworkChat);
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}
