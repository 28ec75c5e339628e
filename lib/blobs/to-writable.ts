import { Writable } from 'node:stream';

/** Creates a stream that passes each chunk to `take`. Stores reuse their buffers, so `take` must copy what it keeps. */
export function toWritable(take: (chunk: Buffer) => unknown): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      take(chunk);
      done();
    },
  });
}

/** Collects what `copyTo` writes. */
export async function collect(copyTo: (destination: Writable) => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await copyTo(toWritable((chunk) => chunks.push(Buffer.from(chunk))));
  return Buffer.concat(chunks);
}
