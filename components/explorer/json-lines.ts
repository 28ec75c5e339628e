// Splits a JSON document into annotated lines, within size limits.
import { isDigest } from '#lib/oci/digest.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { formatBytes } from '../ui/format-number.ts';

/** What a digest refers to, and its page. `href` is null if it isn't stored here. */
export type Named = { what: string; href: string | null };
export type NamedByDigest = ReadonlyMap<string, Named>;

export type JsonLine = {
  depth: number;
  /** Includes quotes and colon. */
  key: string;
  value: string;
  kind: 'string' | 'other';
  /** The trailing comma. */
  tail: string;
  href: string | null;
  note: string | null;
};

const MAX_LINES = 1_500;
const MAX_CHARACTERS = 200_000;
const MAX_DEPTH = 16;
const MAX_STRING_LENGTH = 1_000;
const MAX_KEY_LENGTH = 300;
const BYTES_WORTH_A_NOTE = 1_000;

const MEDIA_TYPES: Record<string, string> = {
  'application/vnd.oci.image.index.v1+json': 'index: one image for several platforms',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'index, as Docker wrote it before OCI',
  'application/vnd.oci.image.manifest.v1+json': 'image manifest',
  'application/vnd.docker.distribution.manifest.v2+json': 'image manifest, as Docker wrote it before OCI',
  'application/vnd.oci.image.config.v1+json': 'image config',
  'application/vnd.docker.container.image.v1+json': 'image config, as Docker wrote it before OCI',
  'application/vnd.oci.image.layer.v1.tar': 'layer, not compressed',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'layer, compressed with gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'layer, compressed with zstd',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'layer, compressed with gzip',
  'application/vnd.oci.empty.v1+json': 'empty: there is nothing to configure',
  'application/vnd.cncf.helm.config.v1+json': 'Helm chart',
  'application/vnd.cncf.helm.chart.content.v1.tar+gzip': 'packed Helm chart',
  'application/vnd.in-toto+json': 'in-toto attestation',
};

/** Returns null for invalid JSON. `isCut` is true if the limits cut the document. */
export function toJsonLines(text: string, named: NamedByDigest): { lines: JsonLine[]; isCut: boolean } | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const page: Page = { lines: [], characters: 0 };
  const isWhole = addValue(page, document, { depth: 0, key: '', name: null, tail: '' }, named);
  return { lines: page.lines, isCut: !isWhole };
}

type Page = { lines: JsonLine[]; characters: number };

function isFull({ lines, characters }: Page): boolean {
  return lines.length >= MAX_LINES || characters >= MAX_CHARACTERS;
}

function addLine(page: Page, line: JsonLine): void {
  page.lines.push(line);
  page.characters += line.key.length + line.value.length;
}

type Place = { depth: number; key: string; name: string | null; tail: string };

/** Returns false once a limit is reached. */
function addValue(page: Page, value: unknown, place: Place, named: NamedByDigest): boolean {
  if (isFull(page)) return false;
  const { depth, key, name, tail } = place;
  const line = { depth, key, tail: '', kind: 'other', href: null, note: null } as const;
  if (typeof value !== 'object' || value === null) {
    addLine(page, { ...line, tail, ...describe(value, name, named) });
    return true;
  }
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const items: [string | null, unknown][] = isList ? value.map((item) => [null, item]) : Object.entries(value);
  if (items.length === 0) {
    addLine(page, { ...line, value: open + close, tail });
    return true;
  }
  if (depth >= MAX_DEPTH) {
    addLine(page, { ...line, value: `${open}…${close}`, tail });
    return false;
  }
  addLine(page, { ...line, value: open });
  let isWhole = true;
  for (const [i, [itemName, item]] of items.entries()) {
    const below = {
      depth: depth + 1,
      key: itemName === null ? '' : `"${toVisibleText(itemName, MAX_KEY_LENGTH)}": `,
      name: itemName,
      tail: i < items.length - 1 ? ',' : '',
    };
    if (addValue(page, item, below, named)) continue;
    isWhole = false;
    if (isFull(page)) break;
  }
  addLine(page, { ...line, key: '', value: close, tail });
  return isWhole;
}

function describe(
  value: unknown,
  name: string | null,
  named: NamedByDigest,
): Pick<JsonLine, 'value' | 'kind' | 'href' | 'note'> {
  if (typeof value !== 'string') {
    const isSize = name === 'size' && typeof value === 'number' && value >= BYTES_WORTH_A_NOTE;
    return { value: String(value), kind: 'other', href: null, note: isSize ? formatBytes(value) : null };
  }
  const known = isDigest(value) ? named.get(value) : undefined;
  const note = known?.what ?? (Object.hasOwn(MEDIA_TYPES, value) ? (MEDIA_TYPES[value] ?? null) : null);
  const shown = value.length > MAX_STRING_LENGTH ? value.slice(0, MAX_STRING_LENGTH) : value;
  const quoted = JSON.stringify(shown).slice(1, -1);
  const text = `"${toVisibleText(quoted, MAX_STRING_LENGTH * 6)}${shown === value ? '' : '…'}"`;
  return { value: text, kind: 'string', href: known?.href ?? null, note };
}
