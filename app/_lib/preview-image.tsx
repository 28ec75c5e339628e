// Drawn by next/og with the font that comes with it. Styles stand in place: this is a picture, not a page.
import { cleanText } from '#lib/api/public/clean-text.ts';
import { PREVIEW_HEIGHT, PREVIEW_WIDTH } from './preview-size.ts';

export type PreviewWords = { above: string; title: string; text: string; facts: string[] };

const MAX_TITLE = 90;
const MAX_TEXT = 170;
/** Of the title: the longer, the smaller. */
const SIZES: [length: number, pixels: number][] = [
  [16, 104],
  [26, 76],
  [44, 56],
];
const SMALLEST = 44;
const COLOURS = { canvas: '#0e0f12', ink: '#eaebee', muted: '#a3a8b3', accent: '#5fd1c4', line: '#2a2d34' } as const;

export function PreviewImage({ words }: { words: PreviewWords }) {
  const title = drawable(words.title, MAX_TITLE);
  const fontSize = SIZES.find(([length]) => title.length <= length)?.[1] ?? SMALLEST;
  return (
    <div
      style={{
        ...{ display: 'flex', flexDirection: 'column', justifyContent: 'space-between' },
        ...{ width: PREVIEW_WIDTH, height: PREVIEW_HEIGHT, padding: '64px 72px' },
        ...{ background: COLOURS.canvas, color: COLOURS.ink, borderTop: `12px solid ${COLOURS.accent}` },
      }}
    >
      <div style={{ display: 'flex', flexDirection: 'column' }}>
        <div style={{ color: COLOURS.muted, fontSize: 40 }}>{drawable(words.above, MAX_TITLE)}</div>
        <div style={{ fontSize, lineHeight: 1.15, wordBreak: 'break-word' }}>{title}</div>
        <div style={{ marginTop: 24, color: COLOURS.muted, fontSize: 34, lineHeight: 1.4 }}>
          {drawable(words.text, MAX_TEXT)}
        </div>
      </div>
      <div
        style={{
          ...{ display: 'flex', justifyContent: 'space-between', alignItems: 'center' },
          ...{ paddingTop: 28, borderTop: `2px solid ${COLOURS.line}`, fontSize: 30, color: COLOURS.muted },
        }}
      >
        <div>{words.facts.join('  ·  ')}</div>
        <div style={{ color: COLOURS.accent }}>Vitrine</div>
      </div>
    </div>
  );
}

const UNDRAWABLE = /[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u00ff–—‘’“”•…]+/gu;

/**
 * Only what the font has: for any other script next/og would ask a font service on the Internet. A text that is mostly of
 * another script is left out, since what would be left of it makes no sense.
 */
function drawable(text: string, maxLength: number): string {
  const line = cleanText(text, maxLength);
  const kept = line.replace(UNDRAWABLE, ' ').replace(/ {2,}/g, ' ').trim();
  return kept.length * 2 < line.length ? '' : kept;
}
