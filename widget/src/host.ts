// What the loader hands to the chat window, and what it gets back.

/** How to reach the practice without the chat. Set by the server in the loader, or by data- attributes. */
export interface Contact {
  name?: string;
  phone?: string;
  email?: string;
  privacy?: string;
}

export interface Host {
  /** The `<legwork-chat>` element; its `data-` attributes are the options. */
  element: HTMLElement;
  shadow: ShadowRoot;
  /** The one child of the shadow root; everything is drawn in it. */
  root: HTMLElement;
  launcher: HTMLButtonElement;
  /** Address of the server's `/chat/`, with the slash. */
  base: string;
  contact: Contact;
}

export interface Chat {
  /** Opens the window; `byUser` moves the focus into it. */
  open(byUser: boolean): void;
  close(): void;
  toggle(): void;
  send(text: string): void;
  /** Called when the element is taken off the page. */
  stop(): void;
}

/** The key all that is stored begins with: one conversation for each server. */
export function storageKey(base: string): string {
  return `legwork ${base}`;
}

/** Adds a style sheet to a shadow root in a way that a strict content security policy permits. */
export function adopt(shadow: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}

/** Tells the page what happened: `legwork:open`, `legwork:close`, `legwork:message`. */
export function tell(element: HTMLElement, what: string, detail?: unknown): void {
  element.dispatchEvent(new CustomEvent(`legwork:${what}`, { detail, bubbles: true, composed: true }));
}
