// RFC 9110 §14 (Range), and the distribution spec's Content-Range for chunked uploads.

/** The offsets of the first and last byte, inclusive. */
export type ByteRange = { start: number; end: number };

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;
// "Content-Range ... MUST match the following regular expression: ^[0-9]+-[0-9]+$"; HTTP's form is accepted too.
const CONTENT_RANGE = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/;

/** Parses a Range header. Returns null to send the whole body, as for several ranges or a malformed header. */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const match = SINGLE_RANGE.exec(header?.trim() ?? '');
  // Some clients send a Range header with every request, so an empty body is served rather than refused.
  if (!match || sizeBytes === 0) return null;
  const [, first = '', last = ''] = match;
  if (first === '') return last === '' ? null : suffixRange(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  return start >= sizeBytes || end < start ? 'unsatisfiable' : { start, end };
}

function suffixRange(lengthBytes: number, sizeBytes: number): ByteRange | 'unsatisfiable' {
  if (lengthBytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes - 1 };
}

export function parseContentRange(header: string): ByteRange | null {
  const match = CONTENT_RANGE.exec(header.trim());
  if (!match) return null;
  const range = { start: Number(match[1]), end: Number(match[2]) };
  return range.end < range.start ? null : range;
}

/** Formats the Range header of upload responses. An empty upload is `0-0`, because Docker fails on `0--1`. */
export function formatUploadRange(offsetBytes: number): string {
  return `0-${Math.max(0, offsetBytes - 1)}`;
}
