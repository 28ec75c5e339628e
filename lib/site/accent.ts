// Derives the accent colours of both themes from one colour. The hue stays; the lightness moves until text in that colour
// is legible (WCAG 2.2 §1.4.3). The backgrounds are those of app/globals.css.

type Rgb = [red: number, green: number, blue: number];

/** `worst`: the background closest to text. `softShare`: how much of the accent its soft background has. */
const LIGHT = { canvas: '#ffffff', worst: '#ebedf0', ink: '#000000', paper: '#ffffff', softShare: 0.12 };
const DARK = { canvas: '#0e0f12', worst: '#22252b', ink: '#ffffff', paper: '#0a0c0e', softShare: 0.2 };
const MIN_CONTRAST = 4.5;
const STRONG_SHARE = 0.2;
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

/** Moves the lightness towards the ink's until the colour is legible on every background, its soft one included. */
function deriveFor({ canvas, worst, ink, paper, softShare }: typeof LIGHT, colour: string): AccentColours {
  const { hue, saturation, lightness } = toHsl(colour);
  const target = toHsl(ink).lightness;
  for (let step = 0; step <= STEPS; step += 1) {
    const moved = lightness + (target - lightness) * (step / STEPS);
    const accent = step === 0 ? colour : fromHsl({ hue, saturation, lightness: moved });
    const soft = mix(canvas, accent, softShare);
    const isLegible = [canvas, worst, soft].every((behind) => contrastOf(accent, behind) >= MIN_CONTRAST);
    if (isLegible) return { accent, strong: mix(accent, ink, STRONG_SHARE), on: paper, soft };
  }
  return { accent: ink, strong: ink, on: paper, soft: worst };
}

/** Repeated selectors outweigh those of app/globals.css, whatever the order of the style sheets. */
const SCOPES = {
  site: ':root:root,[data-theme][data-theme]',
  preview: '.accent-preview.accent-preview[data-theme]',
} as const;
export type AccentScope = keyof typeof SCOPES;

/** The colours of app/globals.css. */
const DEFAULT_ACCENT: { light: AccentColours; dark: AccentColours } = {
  light: { accent: '#0b6b64', strong: '#085650', on: '#ffffff', soft: '#e2f2f0' },
  dark: { accent: '#5fd1c4', strong: '#86e0d6', on: '#04211e', soft: '#11312e' },
};

/** Returns the style sheet that replaces the accent of app/globals.css. Null: by the same colours, for a preview. */
export function accentStyles(colour: string | null, scope: AccentScope): string {
  const { light, dark } = colour === null ? DEFAULT_ACCENT : deriveAccent(colour);
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

type Hsl = { hue: number; saturation: number; lightness: number };

/** https://www.w3.org/TR/css-color-4/#rgb-to-hsl, with every part from 0 to 1 but the hue, which is in sixths. */
function toHsl(colour: string): Hsl {
  const [red, green, blue] = parse(colour).map((part) => part / 255) as Rgb;
  const [low, high] = [Math.min(red, green, blue), Math.max(red, green, blue)];
  const [lightness, range] = [(low + high) / 2, high - low];
  if (range === 0) return { hue: 0, saturation: 0, lightness };
  const saturation = (high - lightness) / Math.min(lightness, 1 - lightness);
  if (high === red) return { hue: ((green - blue) / range + 6) % 6, saturation, lightness };
  return { hue: high === green ? (blue - red) / range + 2 : (red - green) / range + 4, saturation, lightness };
}

/** https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function fromHsl({ hue, saturation, lightness }: Hsl): string {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const part = (offset: number) => {
    const turn = (offset + hue * 2) % 12;
    return lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1));
  };
  return toHex([part(0), part(8), part(4)].map((value) => value * 255));
}

function mix(one: string, other: string, share: number): string {
  const to = parse(other);
  return toHex(parse(one).map((part, index) => part + ((to[index] ?? 0) - part) * share));
}

function toHex(parts: number[]): string {
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

function parse(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as Rgb;
}
