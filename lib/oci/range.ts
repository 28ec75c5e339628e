// RFC 9110 §14 (Range) and the spec's own Content-Range of chunked uploads.

/** First and last byte, both included. */
export type ByteRange = { start: number; end: number };

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;
// "Content-Range ... MUST match the following regular expression: ^[0-9]+-[0-9]+$"; HTTP's own form passes too.
const CONTENT_RANGE = /^(?:bytes )?(\d{1,15})-(\d{1,15})(?:\/(?:\d{1,15}|\*))?$/;

/**
 * The part of `sizeBytes` that a Range header asks for. Null: send everything, which is also the answer to several ranges
 * and to what isn't a range at all.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'unsatisfiable' | null {
  const match = SINGLE_RANGE.exec(header?.trim() ?? '');
  // "Some clients add a Range header to all requests" (Go's net/http): what is empty has no part, and is sent as it is.
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

/** The Range of an upload's answers. Nothing stored yet is `0-0`: Docker's client fails on anything below. */
export function formatUploadRange(offsetBytes: number): string {
  return `0-${Math.max(0, offsetBytes - 1)}`;
}
