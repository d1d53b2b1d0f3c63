// Accent colors are the owner's to choose; these functions make any of them readable.

export type Rgb = [number, number, number];

// The accent is used as text on the sand of the cards and as a ground for text in the paper's color.
// Readable on the sand means readable with the paper too, which is further away in both schemes.
const LIGHT_SAND: Rgb = [244, 236, 225];
const DARK_SAND: Rgb = [48, 43, 38];

/** The accent as it can be read in a scheme, at least 4.5 to 1 against the sand, in CSS. */
export function readable(accent: Rgb, scheme: "light" | "dark"): string {
  const [red, green, blue] = scheme === "light" ? mend(accent, LIGHT_SAND, 0) : mend(accent, DARK_SAND, 255);
  return `rgb(${red},${green},${blue})`;
}

function contrast(one: Rgb, other: Rgb): number {
  const ratio = (luminance(one) + 0.05) / (luminance(other) + 0.05);
  return Math.max(ratio, 1 / ratio);
}

/** Mixes `color` towards black (0) or white (255) in steps of 4 % until it reaches 4.5 to 1 against `ground`. */
function mend(color: Rgb, ground: Rgb, target: number): Rgb {
  let mended = color;
  for (let share = 0; share <= 1 && contrast(mended, ground) < 4.5; share += 0.04) {
    const mix = (channel: number) => Math.round(channel + (target - channel) * share);
    mended = [mix(color[0]), mix(color[1]), mix(color[2])];
  }
  return mended;
}

/** Relative luminance as WCAG 2.2 defines it, 0 to 1. */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
