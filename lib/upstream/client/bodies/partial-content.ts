// Partial responses (RFC 9110 §14), and servers that ignore Range.
import { Transform, type Readable } from 'node:stream';

export type ContentRange = { start: number; end: number; totalBytes: number | null };

/** Parses `bytes 0-0/1234`. Null for anything else. */
export function readContentRange(header: string | undefined): ContentRange | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header ?? '');
  if (!match) return null;
  const [, start, end, total] = match;
  return { start: Number(start), end: Number(end), totalBytes: total === '*' ? null : Number(total) };
}

/** Skips the first `count` bytes. Propagates a truncated source. */
export function skipBytes(source: Readable, count: number): Readable {
  let left = count;
  const rest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const skipped = Math.min(left, chunk.length);
      left -= skipped;
      done(null, chunk.subarray(skipped));
    },
  });
  source
    .once('error', (error) => rest.destroy(error))
    .once('close', () => {
      if (!source.readableEnded) rest.destroy();
    });
  rest.once('close', () => source.destroy());
  return source.pipe(rest);
}
