// Our own icons, drawn on a 24 by 24 grid; the style sheets give them their strokes.

import { page } from "./page";

const SVG = "http://www.w3.org/2000/svg";

/** The mark: a speech bubble with the profile of a hilly run in it. */
export const mark = () =>
  icon(
    "M12 3.5c5 0 9 3.2 9 7.3s-4 7.3-9 7.3q-1.2 0-2.3-.2L5 21l.7-4.4C4 15.2 3 13.1 3 10.8 3 6.7 7 3.5 12 3.5zM6.5 12.5l2.8-3.3 2.3 2.3 3-4 2.9 5",
  );

/** An icon of one path. Hidden from screen readers: the control it is in has a name of its own. */
export function icon(path: string): SVGSVGElement {
  const svg = page.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = page.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
