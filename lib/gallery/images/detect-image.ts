// Recognises images by their first bytes. Declared types are ignored, because a browser must never take one for a page.

const SIGNATURES: [type: string, matches: (bytes: Buffer) => boolean][] = [
  ['image/png', (bytes) => startsWith(bytes, '89504e470d0a1a0a')],
  ['image/jpeg', (bytes) => startsWith(bytes, 'ffd8ff')],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))],
  ['image/webp', (bytes) => /^RIFF[^]{4}WEBP/.test(bytes.toString('latin1', 0, 12))],
  ['image/avif', (bytes) => /^[^]{4}ftypavi[fs]/.test(bytes.toString('latin1', 0, 12))],
  ['image/svg+xml', isSvg],
];

/** Null for anything that isn't an image that browsers show. */
export function detectImage(bytes: Buffer): string | null {
  return SIGNATURES.find(([, matches]) => matches(bytes))?.[0] ?? null;
}

function startsWith(bytes: Buffer, hex: string): boolean {
  const signature = Buffer.from(hex, 'hex');
  return bytes.subarray(0, signature.length).equals(signature);
}

const MAX_PROLOGUE = 4_096;

/** Entities could expand a small file to gigabytes, so a file that declares any isn't shown. */
function isSvg(bytes: Buffer): boolean {
  const start = bytes.toString('utf8', 0, MAX_PROLOGUE);
  const isRoot =
    /^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*|<!DOCTYPE svg[^>[]*>\s*)*<svg[\s/>]/i.test(start);
  return isRoot && !bytes.includes('<!ENTITY');
}
