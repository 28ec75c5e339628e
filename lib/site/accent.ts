// Derives the accent colours of both themes from one colour. The hue stays; the lightness moves until text in that colour
// is legible (WCAG 2.2 §1.4.3). The backgrounds are those of app/globals.css.

type Rgb = [red: number, green: number, blue: number];

/** The lightest and the darkest background that accent text is set on. */
const LIGHT = { canvas: '#ffffff', worst: '#ebedf0', ink: '#000000', paper: '#ffffff', soft: 0.12 };
const DARK = { canvas: '#0e0f12', worst: '#22252b', ink: '#ffffff', paper: '#0a0c0e', soft: 0.2 };
const MIN_CONTRAST = 4.5;
const STRONG_STEP = 0.2;
const STEPS = 100;

export type AccentColours = {
  accent: string;
  /** Of a hovered button. */
  strong: string;
  /** Of text on the accent. */
  on: string;
  /** A background for accent text. */
  soft: string;
};

export function deriveAccent(colour: string): { light: AccentColours; dark: AccentColours } {
  return { light: deriveFor(LIGHT, colour), dark: deriveFor(DARK, colour) };
}

/** Mixes the colour with ink until it is legible on every background of the theme, the soft one included. */
function deriveFor({ canvas, worst, ink, paper, soft }: typeof LIGHT, colour: string): AccentColours {
  for (let step = 0; step <= STEPS; step += 1) {
    const accent = mix(colour, ink, step / STEPS);
    const softened = mix(canvas, accent, soft);
    const isLegible = [canvas, worst, softened].every((behind) => contrastOf(accent, behind) >= MIN_CONTRAST);
    if (!isLegible) continue;
    return { accent, strong: mix(accent, ink, STRONG_STEP), on: paper, soft: softened };
  }
  return { accent: ink, strong: ink, on: paper, soft: worst };
}

/** Repeated selectors outweigh those of app/globals.css, whatever the order of the style sheets. */
const SCOPES = {
  site: ':root:root,[data-theme][data-theme]',
  preview: '.accent-preview.accent-preview[data-theme]',
} as const;
export type AccentScope = keyof typeof SCOPES;

/** Returns the style sheet that replaces the accent of app/globals.css. */
export function accentStyles(colour: string, scope: AccentScope): string {
  const { light, dark } = deriveAccent(colour);
  const pair = (name: keyof AccentColours) => `light-dark(${light[name]},${dark[name]})`;
  return `${SCOPES[scope]}{--accent:${pair('accent')};--accent-strong:${pair('strong')};--on-accent:${pair('on')};--accent-soft:${pair('soft')}}\n`;
}

/** WCAG's contrast ratio, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  const [a, b] = [luminanceOf(one), luminanceOf(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminanceOf(colour: string): number {
  const [red, green, blue] = parse(colour).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function mix(one: string, other: string, share: number): string {
  const to = parse(other);
  const mixed = parse(one).map((part, index) => Math.round(part + ((to[index] ?? 0) - part) * share));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function parse(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as Rgb;
}
