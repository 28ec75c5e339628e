// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_03 (pax extended header)

const NEWLINE = 0x0a;
const SPACE = 0x20;
const EQUALS = 0x3d;
/** Enough for any length that fits into a header. */
const MAX_LENGTH_DIGITS = 8;

/** The only keys stored, so that a global header can't fill the memory. */
const KEYS = [
  ...['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'],
  ...['GNU.sparse.name', 'GNU.sparse.size', 'GNU.sparse.realsize'],
];

export type PaxRecords = Record<string, string>;

/** Parses consecutive `LENGTH KEY=VALUE\n` records. Returns null when they are malformed. */
export function readPaxRecords(content: Buffer): PaxRecords | null {
  const records: PaxRecords = {};
  for (let at = 0; at < content.length;) {
    // Some writers pad the rest with zeros.
    if (content[at] === 0) return records;
    const space = content.indexOf(SPACE, at);
    if (space < 0 || space - at > MAX_LENGTH_DIGITS) return null;
    const digits = content.toString('latin1', at, space);
    const end = at + Number(digits);
    if (!/^\d+$/.test(digits) || end > content.length || end <= space + 1 || content[end - 1] !== NEWLINE) return null;
    const equals = content.indexOf(EQUALS, space);
    if (equals < 0 || equals >= end) return null;
    const key = content.toString('utf8', space + 1, equals);
    if (KEYS.includes(key)) records[key] = content.toString('utf8', equals + 1, end - 1);
    at = end;
  }
  return records;
}
