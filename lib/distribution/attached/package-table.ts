import type { PackageTable, SbomPackage } from './attached-document.ts';

/** Images of whole distributions have about 5,000. */
const MAX_PACKAGES = 20_000;
const MAX_ROW_BYTES = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Sorts packages by name and cuts the list to what a page can show. */
export function toPackageTable(packages: SbomPackage[]): PackageTable {
  const sorted = packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
  const rows: string[] = [];
  const words: string[] = [];
  let bytes = 0;
  for (const { name, version, licence, type, purl } of sorted) {
    const row = JSON.stringify([name, version, licence, type, purl]);
    bytes += row.length;
    if (rows.length >= MAX_PACKAGES || bytes > MAX_ROW_BYTES) break;
    rows.push(row);
    words.push(`${name} ${version} ${licence} ${purl}`.replaceAll('\n', ' ').toLowerCase());
  }
  return { rows: toLines(rows), words: toLines(words), count: rows.length };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function toLines(lines: string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

export type PackagePage = { packages: SbomPackage[]; total: number };

/** Returns the packages that contain every word of `query`. Takes a few milliseconds for the largest table. */
export function pageOfPackages(
  { rows, words, count }: PackageTable,
  { query, offset, limit }: { query: string; offset: number; limit: number },
): PackagePage {
  const [first, ...others] = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (first === undefined) {
    return { packages: readRows(rows, (at) => at >= offset && at < offset + limit, offset + limit), total: count };
  }
  const lines = findLines(toBuffer(words), first, others);
  const wanted = new Set(lines.slice(offset, offset + limit));
  const last = Math.max(-1, ...wanted);
  return { packages: readRows(rows, (at) => wanted.has(at), last + 1), total: lines.length };
}

/** Searches bytes, because decoding megabytes for every page would take longer. */
function findLines(words: Buffer, first: string, others: string[]): number[] {
  const needle = Buffer.from(first);
  const found: number[] = [];
  let line = 0;
  let lineStart = 0;
  for (let hit = words.indexOf(needle); hit >= 0; hit = words.indexOf(needle, lineStart)) {
    let lineEnd = words.indexOf(NEWLINE, lineStart);
    while (lineEnd < hit) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = words.indexOf(NEWLINE, lineStart);
    }
    const text = others.length === 0 ? '' : words.toString('utf8', lineStart, lineEnd);
    if (others.every((word) => text.includes(word))) found.push(line);
    line += 1;
    lineStart = lineEnd + 1;
  }
  return found;
}

function readRows(rows: Uint8Array, isWanted: (line: number) => boolean, end: number): SbomPackage[] {
  const bytes = toBuffer(rows);
  const packages: SbomPackage[] = [];
  let start = 0;
  for (let line = 0; line < end && start < bytes.length; line += 1) {
    const lineEnd = bytes.indexOf(NEWLINE, start);
    if (isWanted(line)) packages.push(toPackage(bytes.toString('utf8', start, lineEnd)));
    start = lineEnd + 1;
  }
  return packages;
}

function toPackage(row: string): SbomPackage {
  const [name = '', version = '', licence = '', type = '', purl = ''] = JSON.parse(row) as string[];
  return { name, version, licence, type, purl };
}

/** A thread's answer is a plain Uint8Array. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
