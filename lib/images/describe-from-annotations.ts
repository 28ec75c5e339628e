// https://github.com/opencontainers/image-spec/blob/main/annotations.md#pre-defined-annotation-keys
// Annotations are untrusted: text is cut to what the catalog accepts, and only valid links are kept.
import { MAX_DESCRIPTION_LENGTH } from '#lib/repositories/schema.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

const PREFIX = 'org.opencontainers.image.';
const MAX_LINK_LENGTH = 500;
const MAX_WORDS_LENGTH = 200;

const LINKS = { url: 'Website', documentation: 'Documentation', source: 'Source' } as const;
const WORDS = { licenses: 'Licence', vendor: 'Vendor', authors: 'Authors' } as const;

export type Described = { description: string; aboutText: string; sourceUrl: string | null };

/** Turns an image's annotations or labels into catalog data. */
export function describeFromAnnotations(annotations: Record<string, string>): Described {
  const read = (name: string) => toOneLine(annotations[`${PREFIX}${name}`] ?? '');
  const links = Object.entries(LINKS).flatMap(([name, label]) => {
    const link = toLink(read(name));
    return link ? [`- ${label}: <${link}>`] : [];
  });
  const words = Object.entries(WORDS).flatMap(([name, label]) => {
    const text = read(name).slice(0, MAX_WORDS_LENGTH);
    return text === '' ? [] : [`- ${label}: ${escapeMarkdown(text)}`];
  });
  return {
    description: (read('description') || read('title')).slice(0, MAX_DESCRIPTION_LENGTH).trim(),
    aboutText: [...links, ...words].join('\n'),
    sourceUrl: toLink(read('source')),
  };
}

function toOneLine(text: string): string {
  return toStorableText(text)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}

function toLink(text: string): string | null {
  const url = text.length <= MAX_LINK_LENGTH ? URL.parse(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return null;
  return url.href.replace(/[<>]/g, encodeURIComponent);
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&:@/]/g, '\\$&');
}
