// RFC 9110 §12.5.1. A header that several lines share arrives joined by commas.
import { LRUCache } from 'lru-cache';

/** Clients send a handful of headers. Anyone can send others. */
const MAX_KNOWN = 200;
const MAX_KNOWN_LENGTH = 2_000;
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
const TYPE = /^[^\s/;,]+\/[^\s/;,]+$/;

/** How much a client wants media types. */
export type Acceptance = {
  /** 0 to 1; null if only a wildcard matches, or nothing. */
  named: (mediaType: string) => number | null;
  /** That of the most specific range that matches; 0 if none does. */
  quality: (mediaType: string) => number;
};

/** Reads `Accept` headers, and remembers those that clients send with each request. */
export class AcceptHeaders {
  readonly #known = new LRUCache<string, Acceptance>({ max: MAX_KNOWN });

  /** Null: the client names no type at all. */
  read(header: string | undefined): Acceptance | null {
    if (header === undefined) return null;
    const known = this.#known.get(header);
    if (known) return known;
    const acceptance = parseAccept(header);
    if (acceptance && header.length <= MAX_KNOWN_LENGTH) this.#known.set(header, acceptance);
    return acceptance;
  }
}

/** Skips what it can't read. Null if nothing is left. */
export function parseAccept(header: string): Acceptance | null {
  const qualities = new Map<string, number>();
  for (const item of header.split(',')) {
    const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const quality = readQuality(parameters);
    if (!TYPE.test(type) || quality === null) continue;
    qualities.set(type, Math.max(quality, qualities.get(type) ?? 0));
  }
  if (qualities.size === 0) return null;
  const named = (mediaType: string) => qualities.get(mediaType) ?? null;
  const quality = (mediaType: string) =>
    named(mediaType) ?? qualities.get(`${mediaType.split('/')[0]}/*`) ?? qualities.get('*/*') ?? 0;
  return { named, quality };
}

/** Null: not a quality. */
function readQuality(parameters: string[]): number | null {
  const value = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  if (value === undefined) return 1;
  return QUALITY.test(value) ? Number(value) : null;
}
