// The conversation to keep: as text for the clipboard, and on paper.

import { keep } from "./lists";
import type { Log } from "./log";
import { page } from "./page";

/** The conversation as it is shown, a paragraph for each message. */
export function transcript(log: Log): string {
  let text = "";
  for (const element of log.ids.values()) {
    const copy = element.cloneNode(true) as HTMLElement;
    for (const part of copy.querySelectorAll(".speaker, .chips, .change")) part.remove();
    for (const block of copy.querySelectorAll("p, li, dt, dd")) block.append("\n");
    for (const link of copy.querySelectorAll("a")) link.append(` (${link.href})`);
    text += `${(copy.textContent ?? "").replace(/\n{2,}/g, "\n").trim()}\n\n`;
  }
  return text.trim();
}

export async function copy(text: string, shadow: ShadowRoot): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages without https have no clipboard: the old way, with a field to copy from.
    const field = page.createElement("textarea");
    field.value = text;
    (shadow.querySelector("dialog") as HTMLElement).append(field);
    field.select();
    const copied = page.execCommand("copy");
    field.remove();
    return copied;
  }
}

/** Prints the conversation instead of the page around it. */
export function print(element: HTMLElement): void {
  const sheet = new CSSStyleSheet();
  const others =
    "body > :not(legwork-chat):not(:has(legwork-chat)), body :has(legwork-chat) > :not(legwork-chat):not(:has(legwork-chat))";
  sheet.replaceSync(`@media print { ${others} { display: none !important } }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  element.classList.add("printing");
  const done = () => {
    element.classList.remove("printing");
    document.adoptedStyleSheets = keep([...document.adoptedStyleSheets], (other) => other !== sheet);
  };
  addEventListener("afterprint", done, { once: true });
  window.print();
}
