import { parseDigest } from '#lib/oci/digest.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { isTag, versionToTag } from '#lib/oci/reference.ts';

/** `fullName` is null for the repository that the comparison started from. */
export type ComparedReference = { fullName: string | null; reference: string };

/** Parses `TAG`, `DIGEST`, `ALIAS/NAME:TAG` or `ALIAS/NAME@DIGEST`. Returns null for anything else. */
export function parseComparedReference(text: string): ComparedReference | null {
  const trimmed = text.trim();
  if (!trimmed.includes('/')) return referenceOf(null, trimmed);
  const [name = '', digest, ...rest] = trimmed.split('@');
  if (digest !== undefined) return rest.length === 0 && parseDigest(digest) ? referenceOf(name, digest) : null;
  const colon = name.lastIndexOf(':');
  return colon < 0 ? null : referenceOf(name.slice(0, colon), name.slice(colon + 1));
}

function referenceOf(fullName: string | null, text: string): ComparedReference | null {
  if (fullName !== null && splitFullName(fullName) === null) return null;
  const reference = parseDigest(text) ?? versionToTag(text);
  return parseDigest(reference) || isTag(reference) ? { fullName, reference } : null;
}
