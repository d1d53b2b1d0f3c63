// A message's text as paragraphs, with the addresses in it as links.

import { make } from "./dom";
import { safeUrl } from "./protocol";

// A closing parenthesis belongs to the address only when one was opened in it.
const ADDRESS =
  /https:\/\/(?:\([^\s<>"'“”()]*\)|[^\s<>"'“”()])*(?:\([^\s<>"'“”()]*\)|[^\s<>"'“”().,;:!?\]])/g;

/** A paragraph for each blank line. Each finds its own direction, so that Hebrew reads well beside English. */
export function paragraphs(text: string, base: string): HTMLElement[] {
  const made: HTMLElement[] = [];
  for (const part of text.trim().split(/\n\s*\n/)) {
    const paragraph = make("p", "", { dir: "auto" });
    let from = 0;
    for (const found of part.matchAll(ADDRESS)) {
      paragraph.append(
        part.slice(from, found.index),
        anchor(found[0], found[0].replace("https://", ""), base),
      );
      from = found.index + found[0].length;
    }
    paragraph.append(part.slice(from));
    made[made.length] = paragraph;
  }
  return made;
}

/** A link, or its text alone when the address may not be followed. */
export function anchor(address: string, title: string, base: string, name = ""): HTMLElement {
  const url = safeUrl(address, base);
  if (!url) return make("span", "", {}, title);
  const away = url.startsWith("http");
  return make(
    "a",
    name,
    { href: url, ...(away ? { target: "_blank", rel: "noopener noreferrer" } : {}) },
    title,
  );
}

/** What a telephone dials. */
export function tel(phone: string): string {
  return `tel:${phone.replace(/[^+\d]/g, "")}`;
}
