// The three kinds of card: a recommended session, a request read back, and open times.

import { button, make, unseen } from "./dom";
import { icon } from "./icons";
import type { Card, Offer, Row } from "./protocol";
import type { Words } from "./strings";

type Choose = (offer: Offer, event: MouseEvent) => void;

const ICONS: [label: RegExp, path: string][] = [
  [/^(minutes|length)$/, "M12 21a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 8v4.5l3 2"],
  [
    /^(spacing|how often)$/,
    "M4 9.5h16M8 3.5v4M16 3.5v4M5.5 5.5h13q1.5 0 1.5 1.5v11.5q0 1.5-1.5 1.5h-13Q4 20 4 18.5V7q0-1.5 1.5-1.5zM8.5 15l2.5 2 4.5-4",
  ],
  [/^(wear|what to wear)$/, "M8.5 4L4 6.5l1.5 4L8 9.8V20h8V9.8l2.5.7 1.5-4L15.5 4q-1.2 2.5-3.5 2.5T8.5 4z"],
];
/** Days shown before "show more". */
const DAYS = 4;

export function card(data: Card, words: Words, choose: Choose): HTMLElement {
  if (data.kind === "recommendation") return recommendation(data.rows, words);
  if (data.kind === "times") return times(data.rows, words, choose);
  return readBack(data.rows, words, choose);
}

function iconOf(label: string): string {
  for (const [labels, path] of ICONS) if (labels.test(label)) return path;
  return "";
}

function recommendation(rows: Row[], words: Words): HTMLElement {
  const facts = make("ul", "facts");
  const reasons = make("ul", "reasons");
  let session = "";
  for (const { label, value } of rows) {
    const kind = label.toLowerCase();
    if (kind === "session") session = value;
    else if (/^(reasons?|why)$/.test(kind)) {
      for (const line of value.split("\n")) {
        if (line.trim()) reasons.append(make("li", "", { dir: "auto" }, line.trim()));
      }
    } else facts.append(fact(label, kind === "minutes" && /^\d+$/.test(value) ? `${value} min` : value));
  }
  return make(
    "div",
    "card recommendation",
    {},
    make("p", "kicker", {}, words.usually),
    session && make("p", "session", { dir: "auto" }, session),
    facts.firstChild ? facts : undefined,
    reasons.firstChild ? make("p", "why", {}, words.noReason) : undefined,
    reasons.firstChild ? reasons : undefined,
  );
}

/** A line with its icon: what matters first, and what explains it in quieter letters. */
function fact(label: string, value: string): HTMLElement {
  const drawn = iconOf(label.toLowerCase());
  const [, first, rest] = /^(.+?(?:[:;.]|,(?= since)))\s+(.+)$/s.exec(value) ?? [undefined, value, ""];
  return make(
    "li",
    "",
    {},
    drawn ? icon(drawn) : undefined,
    unseen(`${label}: `),
    make(
      "span",
      "",
      { dir: "auto" },
      make("b", "", {}, first),
      rest && " ",
      rest && make("span", "", {}, rest),
    ),
  );
}

function readBack(rows: Row[], words: Words, choose: Choose): HTMLElement {
  const list = make("dl", "card read-back");
  for (const { label, value, payload } of rows) {
    const line = make("div", "", {}, make("dt", "", {}, label), make("dd", "", { dir: "auto" }, value));
    if (payload) {
      const title = `${words.change}: ${label}`;
      const change = button("change offer", (event) => choose({ title, payload }, event), words.change);
      change.append(unseen(`: ${label}`));
      line.append(make("dd", "", {}, change));
    }
    list.append(line);
  }
  return list;
}

function times(rows: Row[], words: Words, choose: Choose): HTMLElement {
  const box = make("div", "card times");
  const days = new Map<string, HTMLElement>();
  for (const { label, value, payload } of rows) {
    let day = days.get(label);
    if (!day) {
      day = make("ul", "");
      days.set(label, day);
      const section = make(
        "div",
        "day",
        { role: "group", "aria-label": label },
        make("p", "", {}, label),
        day,
      );
      section.hidden = days.size > DAYS;
      box.append(section);
    }
    if (!payload) day.append(make("li", "", {}, value));
    else {
      const title = `${label}, ${value}`;
      const pick = button("offer", (event) => choose({ title, payload }, event), value);
      day.append(make("li", "", {}, pick));
    }
  }
  if (days.size > DAYS) {
    const more = button(
      "more-days offer",
      () => {
        const first = box.querySelector<HTMLElement>(".day[hidden]");
        for (const section of box.querySelectorAll<HTMLElement>(".day[hidden]")) section.hidden = false;
        more.remove();
        first?.querySelector("button")?.focus();
      },
      words.moreDays,
    );
    box.append(more);
  }
  return box;
}
