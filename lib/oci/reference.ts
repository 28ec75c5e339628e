import { parseDigest, type Digest } from './digest.ts';
import { isName, splitFullName } from './name.ts';

/** What follows `/manifests/`: a tag or a digest. */
export type Reference = { kind: 'tag'; tag: string } | { kind: 'digest'; digest: Digest };

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Converts a chart version to a tag. Tags can't contain SemVer's `+`, so Helm writes `_`. */
export function versionToTag(version: string): string {
  return version.replaceAll('+', '_');
}

/** Converts a tag back to a chart version. SemVer has no `_`, so this is unambiguous. */
export function tagToVersion(tag: string): string {
  return tag.replaceAll('_', '+');
}

export function parseReference(text: string): Reference | null {
  const digest = parseDigest(text);
  if (digest) return { kind: 'digest', digest };
  return isTag(text) ? { kind: 'tag', tag: text } : null;
}

export function formatReference(reference: Reference): string {
  return reference.kind === 'tag' ? reference.tag : reference.digest;
}

/** `host/alias/image:tag@sha256:…`, where only the name is required. */
export type ImageReference = { host: string | null; name: string; tag: string | null; digest: Digest | null };

const MAX_PASTED_LENGTH = 600;
const HOST = /^(?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

export function parseImageReference(pasted: string): ImageReference | null {
  const text = pasted.trim().replace(/^https?:\/\//, '');
  if (text.length > MAX_PASTED_LENGTH) return null;

  const [beforeDigest = '', digestText, ...extra] = text.split('@');
  const digest = digestText === undefined ? null : parseDigest(digestText);
  if (extra.length > 0 || (digestText !== undefined && digest === null)) return null;

  const { host, rest } = splitHost(beforeDigest);
  const colon = rest.indexOf(':');
  const name = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? null : rest.slice(colon + 1);
  if (!isName(name) || (tag !== null && !isTag(tag))) return null;
  return { host, name, tag, digest };
}

/** Splits `ALIAS/NAME` of this site. Null for a name on another host, and for a single component. */
export function splitLocalName(text: string): { alias: string; name: string } | null {
  const { host, name } = parseImageReference(text) ?? { host: '', name: '' };
  return host === null ? splitFullName(name) : null;
}

/** Like Docker, takes the first component for a host if it has a dot or a port, or is `localhost`. */
function splitHost(text: string): { host: string | null; rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const looksLikeHost = first === 'localhost' || /[.:]/.test(first);
  return looksLikeHost && HOST.test(first) ? { host: first, rest: text.slice(slash + 1) } : { host: null, rest: text };
}
