// A JSON document line by line, within bounds, each line with what a reader wants to know of it.
import { isDigest } from '#lib/oci/digest.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { formatBytes } from '../ui/format-number.ts';

/** What a digest in a document names, and where that is shown; null: it is not here. */
export type Named = { what: string; href: string | null };
export type NamedByDigest = ReadonlyMap<string, Named>;

export type JsonLine = {
  depth: number;
  /** With its quotes and colon. */
  key: string;
  value: string;
  kind: 'string' | 'other';
  /** The comma behind it. */
  tail: string;
  href: string | null;
  note: string | null;
};

const MAX_LINES = 1_500;
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

/** Null for what is no JSON. `isCut` when there was more than is shown. */
export function toJsonLines(text: string, named: NamedByDigest): { lines: JsonLine[]; isCut: boolean } | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const lines: JsonLine[] = [];
  const isWhole = addValue(lines, document, { depth: 0, key: '', name: null, tail: '' }, named);
  return { lines, isCut: !isWhole };
}

type Place = { depth: number; key: string; name: string | null; tail: string };

/** False: the bounds were reached. */
function addValue(lines: JsonLine[], value: unknown, place: Place, named: NamedByDigest): boolean {
  if (lines.length >= MAX_LINES) return false;
  const { depth, key, name, tail } = place;
  const line = { depth, key, tail: '', kind: 'other', href: null, note: null } as const;
  if (typeof value !== 'object' || value === null) {
    lines.push({ ...line, tail, ...describe(value, name, named) });
    return true;
  }
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const items: [string | null, unknown][] = isList ? value.map((item) => [null, item]) : Object.entries(value);
  if (items.length === 0) {
    lines.push({ ...line, value: open + close, tail });
    return true;
  }
  if (depth >= MAX_DEPTH) {
    lines.push({ ...line, value: `${open}…${close}`, tail });
    return false;
  }
  lines.push({ ...line, value: open });
  let isWhole = true;
  for (const [i, [itemName, item]] of items.entries()) {
    const below = {
      depth: depth + 1,
      key: itemName === null ? '' : `"${toVisibleText(itemName, MAX_KEY_LENGTH)}": `,
      name: itemName,
      tail: i < items.length - 1 ? ',' : '',
    };
    if (lines.length >= MAX_LINES) isWhole = false;
    if (lines.length >= MAX_LINES) break;
    isWhole = addValue(lines, item, below, named) && isWhole;
  }
  lines.push({ ...line, key: '', value: close, tail });
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
