import { cleanText, escapeXml } from './clean-text.ts';
import { textWidth } from './text-width.ts';

export type Badge = {
  label: string;
  value: string;
  /** Grey, when there is no value. */
  isMuted?: boolean;
};

const MAX_LENGTH = 64;
const FONT_SIZE = 11;
const HEIGHT = 20;
const PADDING = 6;
/** White text on each has a contrast above 4.5:1. */
const COLOURS = { label: '#3f444e', value: '#0b6b64', muted: '#6a6f79' } as const;

/** Draws an SVG badge for READMEs. It needs no styles or scripts, so its response's CSP can forbid both. */
export function drawBadge({ label, value, isMuted = false }: Badge): string {
  const [left, right] = [layOut(label), layOut(value)];
  const width = left.width + right.width;
  const name = escapeXml(`${left.text}: ${right.text}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${name}">`,
    `<title>${name}</title>`,
    `<clipPath id="edge"><rect width="${width}" height="${HEIGHT}" rx="4"/></clipPath>`,
    `<g clip-path="url(#edge)"><rect width="${left.width}" height="${HEIGHT}" fill="${COLOURS.label}"/>`,
    `<rect x="${left.width}" width="${right.width}" height="${HEIGHT}" fill="${isMuted ? COLOURS.muted : COLOURS.value}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="${FONT_SIZE}">`,
    drawText(left, PADDING),
    drawText(right, left.width + PADDING),
    '</g></svg>\n',
  ].join('');
}

type Line = { text: string; textPixels: number; width: number };

function layOut(words: string): Line {
  const text = cleanText(words, MAX_LENGTH);
  const textPixels = Math.ceil(textWidth(text, FONT_SIZE));
  return { text, textPixels, width: textPixels + 2 * PADDING };
}

/** `textLength` fits any fallback font to the measured width. */
function drawText({ text, textPixels }: Line, x: number): string {
  return text && `<text x="${x}" y="14" textLength="${textPixels}">${escapeXml(text)}</text>`;
}
