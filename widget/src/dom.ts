// Elements are made of parts, never of markup: nothing the server sends can become code.

import { page } from "./page";

type Part = Node | string | undefined | false;

/** An element with a class, attributes and children. Attributes of false or undefined are left out. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  attributes: Record<string, string | boolean | undefined> = {},
  ...parts: Part[]
): HTMLElementTagNameMap[Tag] {
  const element = page.createElement(tag);
  if (name) element.className = name;
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  for (const part of parts) if (part) element.append(part);
  return element;
}

export function button(
  name: string,
  pressed: (event: MouseEvent) => void,
  ...parts: Part[]
): HTMLButtonElement {
  const element = make("button", name, { type: "button" }, ...parts);
  element.addEventListener("click", pressed);
  return element;
}

/** Text for screen readers only. */
export function unseen(text: string): HTMLElement {
  return make("span", "unseen", {}, text);
}
