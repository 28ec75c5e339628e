// A repository's card for frames on other sites: a page without scripts, cookies or requests to other sites.
import { createHash } from 'node:crypto';
import { cleanText, escapeXml } from './clean-text.ts';

export const CARD_WIDTH = 480;
export const CARD_HEIGHT = 190;

export type Card = {
  fullName: string;
  description: string;
  /** Empty when only the alias is shown. */
  publisherName: string;
  isVerified: boolean;
  isDeprecated: boolean;
  /** Null without a tag. */
  pullCommand: string | null;
  /** Such as `1,204 pulls`. */
  pulls: string;
  /** Such as `12 stars`. Empty without any. */
  stars: string;
  pageUrl: string;
  siteName: string;
  /** `auto` follows the reader's system. */
  theme: 'auto' | 'light' | 'dark';
};

/** Text has a contrast above 4.5:1 in both themes. */
const STYLE = `*{box-sizing:border-box;margin:0}
html{color-scheme:light dark;background:transparent}html.light{color-scheme:light}html.dark{color-scheme:dark}
body{font:14px/1.45 ui-sans-serif,system-ui,sans-serif;color:light-dark(#16181d,#eaebee)}
main{display:flex;flex-direction:column;gap:8px;min-height:${CARD_HEIGHT}px;padding:14px 16px;border:1px solid light-dark(#e1e3e8,#2a2d34);border-radius:8px;background:light-dark(#fff,#0e0f12)}
h1{font-size:16px;line-height:1.3;overflow-wrap:anywhere}
a{color:inherit;text-decoration-color:light-dark(#858a94,#6c717c);text-underline-offset:3px}a:hover{color:light-dark(#0b6b64,#5fd1c4)}
a:focus-visible,code:focus-visible{outline:2px solid light-dark(#0b6b64,#5fd1c4);outline-offset:2px;border-radius:2px}
.muted{color:light-dark(#565b66,#a3a8b3)}.verified{color:light-dark(#0b6b64,#5fd1c4)}.warning{color:light-dark(#7d5200,#f0c571)}
.small{font-size:12px;display:flex;flex-wrap:wrap;gap:2px 12px}
.description{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;overflow-wrap:anywhere}
code{display:block;padding:7px 10px;border-radius:6px;background:light-dark(#f6f7f8,#16181c);font:13px/1.4 ui-monospace,SFMono-Regular,monospace;white-space:nowrap;overflow-x:auto;user-select:all}
footer{margin-top:auto}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Anyone may frame the card, which is the only page for that. */
export const CARD_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "base-uri 'none'",
  "form-action 'none'",
  'frame-ancestors *',
].join('; ');

export function writeCard(card: Card): string {
  const name = escapeXml(card.fullName);
  const site = escapeXml(cleanText(card.siteName, 60));
  const description = escapeXml(cleanText(card.description, 300));
  const marks = [
    card.publisherName && `<span dir="auto">${escapeXml(cleanText(card.publisherName, 60))}</span>`,
    card.isVerified && '<span class="verified">✓ Verified publisher</span>',
    card.isDeprecated && '<span class="warning">Deprecated</span>',
  ].filter(Boolean);
  return [
    `<!doctype html><html lang="en"${card.theme === 'auto' ? '' : ` class="${card.theme}"`}><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${name} on ${site}</title><style>${STYLE}</style></head><body><main aria-label="Card">`,
    `<h1><a href="${escapeXml(card.pageUrl)}" target="_blank" rel="noopener">${name}</a></h1>`,
    marks.length > 0 && `<p class="small muted">${marks.join('')}</p>`,
    description && `<p class="description" dir="auto">${description}</p>`,
    card.pullCommand !== null &&
      `<code tabindex="0" aria-label="Pull command" role="group">${escapeXml(card.pullCommand)}</code>`,
    `<footer class="small muted"><span>${escapeXml(card.pulls)}</span>${card.stars && `<span>${escapeXml(card.stars)}</span>`}<span>${site}</span></footer></main></body></html>\n`,
  ]
    .filter((part) => part !== false && part !== '')
    .join('');
}

/** The HTML that embeds a card. `url` and `title` may come from a publisher. */
export function writeCardFrame({ url, title, width }: { url: string; title: string; width: number }): string {
  return `<iframe src="${escapeXml(url)}" title="${escapeXml(title)}" width="${width}" height="${CARD_HEIGHT}" style="border:0;max-width:100%" loading="lazy"></iframe>`;
}
