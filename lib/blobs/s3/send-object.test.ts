// What a fast server hides: a reader that stops, and the memory of a long download. faults.db.test.ts has the rest.
import { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Bucket } from './bucket.ts';
import { sendObject } from './send-object.ts';

const MIB = 1024 * 1024;
const OBJECT = { key: 'blobs/00/0', etag: 'e' };

/** A bucket whose only object is this stream. */
function bucketOf(body: Readable): Bucket {
  return { read: () => Promise.resolve(body) } as Partial<Bucket> as Bucket;
}

test('a long download holds no memory for chunks that were sent', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const chunk = Buffer.alloc(1);
  const chunks = 200_000;
  const heldBytes: number[] = [];
  const measure = () => {
    collect();
    heldBytes.push(process.memoryUsage().heapUsed);
  };
  function* read(): Generator<Buffer> {
    for (let i = 0; i < chunks; i += 1) {
      if (i === 1000 || i === chunks - 1) measure();
      yield chunk;
    }
  }
  const destination = new Writable({ write: (_chunk, _encoding, done) => void setImmediate(done) });
  await sendObject(bucketOf(Readable.from(read())), OBJECT, { start: 0, end: chunks - 1 }, destination);
  const [first = 0, last = 0] = heldBytes;
  expect(last - first).toBeLessThan(5 * MIB);
}, 60_000);

test.each([
  ['that never confirms a write', [Buffer.alloc(10), Buffer.alloc(10)]],
  ['that waits for the bucket', []],
])('ends when a reader %s goes away', async (_, chunks) => {
  const body = new Readable({ read: () => undefined });
  for (const chunk of chunks) body.push(chunk);
  const destination = new Writable({ write: () => undefined });
  const sending = sendObject(bucketOf(body), OBJECT, { start: 0, end: 100 }, destination);
  setTimeout(() => destination.destroy(), 20);
  await expect(sending).rejects.toMatchObject({ code: 'unavailable', message: 'The reader went away.' });
  expect(body.destroyed).toBe(true);
  expect(destination.listenerCount('close')).toBe(0);
});
