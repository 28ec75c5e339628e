// Parses search input: words, or a pasted reference.
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import { versionToTag } from '#lib/oci/reference.ts';
import { foldText, splitWords } from './fold-text.ts';

const MAX_QUERY_LENGTH = 200;
const MAX_WORDS = 10;
const HOST = /^(?:https?:\/\/)?(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?\//;
const SCHEME = /^(?:oci|docker|https?):\/\//i;
const COMMAND =
  /^(?:docker|podman|nerdctl|ctr|crane|skopeo|helm|oras|regctl|buildah)\s(?:.*?\s)?(?:pull|run|inspect|manifest|copy|show|install|upgrade|template)\s+/i;
/** Allows the `+` of chart versions, which is invalid in tags but common in what people copy. */
const TAG_OR_DIGEST = /(?:@sha(?:256|512):[0-9a-f]*|:[a-z0-9_][\w.+-]{0,127})+$/;

export type ParsedQuery = {
  /**
   * Folded, on one line. A pasted reference (`HOST/ALIAS/NAME:TAG`, also after `docker pull`) is reduced to
   * `ALIAS/NAME`.
   */
  text: string;
  /** The words of `text`. */
  words: string[];
};

export function parseQuery(query: string): ParsedQuery {
  const text = foldText(normaliseQuery(query));
  return { text, words: splitWords(text).slice(0, MAX_WORDS) };
}

export function normaliseQuery(query: string): string {
  const pasted = withoutCommand(oneLine(query)).replace(SCHEME, '');
  if (pasted.includes(' ')) return pasted;
  const withoutHost = pasted.replace(HOST, '');
  return withoutHost.replace(TAG_OR_DIGEST, '') || withoutHost;
}

export type PastedReference = { fullName: string; tag: string | null; digest: Digest | null };

/** Null for plain words. A bare digest has an empty `fullName`. */
export function parsePastedReference(query: string): PastedReference | null {
  // Not folded, because tags are case-sensitive.
  const pasted = withoutCommand(oneLine(query, false)).replace(SCHEME, '');
  if (pasted.includes(' ')) return null;
  const digest = pasted.match(/@?(sha(?:256|512):[0-9a-f]+)$/i)?.[1]?.toLowerCase() ?? '';
  const found = isDigest(digest) ? digest : null;
  const name = pasted.replace(/@?sha(?:256|512):[0-9a-f]*$/i, '');
  const withoutHost = name.toLowerCase().replace(HOST, '');
  const version = name.match(/:([\w][\w.+-]{0,127})$/)?.[1];
  const tag = version === undefined ? null : versionToTag(version);
  const fullName = withoutHost.replace(TAG_OR_DIGEST, '');
  if (found && fullName === '') return { fullName: '', tag: null, digest: found };
  if (!fullName.includes('/') || (tag === null && found === null)) return null;
  return { fullName, tag, digest: found };
}

/** Reduces a client's command line to its reference, with Helm's `--version` as the tag. */
function withoutCommand(line: string): string {
  if (!COMMAND.test(line)) return line;
  const reference = line.split(' ').find((word, at) => at > 0 && /^[a-z0-9][^=]*\//i.test(word));
  if (reference === undefined) return line.replace(COMMAND, '');
  const version = line.match(/\s--version[ =]["']?([\w.+-]+)/)?.[1];
  return version === undefined ? reference : `${reference}:${version}`;
}

function oneLine(query: string, isFolded = true): string {
  const line = query
    .slice(0, MAX_QUERY_LENGTH)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ');
  return isFolded ? line.toLowerCase() : line;
}
