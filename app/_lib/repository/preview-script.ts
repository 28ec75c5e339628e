// Draws a preview image with next/og and its font, on an offload thread.
import { ImageResponse } from 'next/og.js';
import type { ReactElement } from 'react';
import { cleanText } from '#lib/api/feeds/clean-text.ts';
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from './preview-size.ts';

export type PreviewWords = { above: string; title: string; text: string; facts: string[]; site: string };

const MAX_TITLE = 90;
const MAX_TEXT = 170;
const MAX_SITE = 30;
/** Title size by length. */
const SIZES: [length: number, pixels: number][] = [
  [16, 104],
  [26, 76],
  [44, 56],
];
const SMALLEST = 44;
const COLOURS = { canvas: '#0e0f12', ink: '#eaebee', muted: '#a3a8b3', accent: '#5fd1c4', line: '#2a2d34' } as const;

export async function run(input: unknown): Promise<Uint8Array> {
  const size = { width: PREVIEW_WIDTH, height: PREVIEW_HEIGHT };
  const picture = new ImageResponse(drawPreview(input as PreviewWords) as ReactElement, size);
  return new Uint8Array(await picture.arrayBuffer());
}

function drawPreview(words: PreviewWords): Box {
  const title = drawable(words.title, MAX_TITLE);
  const fontSize = SIZES.find(([length]) => title.length <= length)?.[1] ?? SMALLEST;
  const { canvas, ink, muted, accent, line } = COLOURS;
  return box(
    {
      display: 'flex',
      flexDirection: 'column',
      justifyContent: 'space-between',
      width: PREVIEW_WIDTH,
      height: PREVIEW_HEIGHT,
      padding: '64px 72px',
      background: canvas,
      color: ink,
      borderTop: `12px solid ${accent}`,
    },
    [
      box({ display: 'flex', flexDirection: 'column' }, [
        box({ color: muted, fontSize: 40 }, drawable(words.above, MAX_TITLE)),
        box({ fontSize, lineHeight: 1.15, wordBreak: 'break-word' }, title),
        box({ marginTop: 24, color: muted, fontSize: 34, lineHeight: 1.4 }, drawable(words.text, MAX_TEXT)),
      ]),
      box(
        {
          display: 'flex',
          justifyContent: 'space-between',
          alignItems: 'center',
          paddingTop: 28,
          borderTop: `2px solid ${line}`,
          fontSize: 30,
          color: muted,
        },
        [box({}, words.facts.join('  ·  ')), box({ color: accent }, drawable(words.site, MAX_SITE))],
      ),
    ],
  );
}

type Box = { type: 'div'; key: null; props: { style: Record<string, string | number>; children: string | Box[] } };

/** Creates an element, because Node doesn't run JSX. */
function box(style: Box['props']['style'], children: string | Box[]): Box {
  return { type: 'div', key: null, props: { style, children } };
}

const UNDRAWABLE = /[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u00ff–—‘’“”•…]+/gu;

/**
 * Keeps only characters the font has, because next/og would fetch other scripts from a font service. A text mostly in
 * another script is dropped.
 */
function drawable(text: string, maxLength: number): string {
  const line = cleanText(text, maxLength);
  const kept = line.replace(UNDRAWABLE, ' ').replace(/ {2,}/g, ' ').trim();
  return kept.length * 2 < line.length ? '' : kept;
}
