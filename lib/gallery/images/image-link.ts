// Links that load images of publishers' texts through this site. Only signed ones work, so that nobody can fetch other
// addresses through it.
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = '/api/images';
/** 128 bits are enough against guessing. */
const MAC_BYTES = 16;
const MAX_URL_LENGTH = 2_048;

/** Signs an absolute URL. */
export function signImageLink(key: Uint8Array, url: string): string {
  const text = url.replace(/#.*$/, '');
  return imagePath({ mac: sign(key, text).toString('base64url'), url: Buffer.from(text).toString('base64url') });
}

export function imagePath({ mac, url }: { mac: string; url: string }): string {
  return `${PREFIX}/${mac}/${url}`;
}

/** Null unless this site signed it, in these very characters: base64url could be written in other ways. */
export function readImageLink(key: Uint8Array, { mac, url }: { mac: string; url: string }): URL | null {
  if (url.length > MAX_URL_LENGTH * 2) return null;
  const text = Buffer.from(url, 'base64url').toString('utf8');
  const [given, expected] = [Buffer.from(imagePath({ mac, url })), Buffer.from(signImageLink(key, text))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const parsed = text.length <= MAX_URL_LENGTH ? URL.parse(text) : null;
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? parsed : null;
}

function sign(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
}
