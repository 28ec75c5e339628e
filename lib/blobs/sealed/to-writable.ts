import { Writable } from 'node:stream';

/** Makes a stream that hands each chunk to `take`, which must not keep it: stores reuse their buffers. */
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
