import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { toDigest } from '#lib/oci/digest.ts';
import { findFlightOwners, serveFlights, type OwnedBlob } from './flight-owners.ts';

const wanted: OwnedBlob = {
  repository: { id: 1n, upstream: { upstreamId: 2n, name: 'library/tool' } },
  digest: toDigest('sha256', '0'.repeat(64)),
};

/** Returns the socket of the owner of `wanted`, and another process's view of it. */
function prepare(answerMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  const [owner, ownSocket] = [join(folder, 'owner.sock'), join(folder, 'own.sock')];
  const owners = findFlightOwners({ serverSockets: [owner, ownSocket], ownSocket }, answerMs);
  onTestFinished(() => {
    owners.close();
    rmSync(folder, { recursive: true });
  });
  return { owner, owners };
}

/** A blob of ten bytes, of which half arrives at once and the rest when `finish` is called. */
function arrivingBlob() {
  const rest = Promise.withResolvers<void>();
  const copyTo = async (destination: Writable) => {
    destination.write('01234');
    await rest.promise;
    destination.write('56789');
  };
  const blob: OpenBlob = { sizeBytes: 10, copyTo, close: () => Promise.resolve() };
  return { blob, finish: rest.resolve };
}

test('does not wait for an owner that is paused', async () => {
  const { owner, owners } = prepare(100);
  const paused = createServer().listen(owner);
  onTestFinished(() => void paused.close());
  await once(paused, 'listening');
  expect(await owners.open(wanted)).toBeNull();
});

test.each([
  ['waits for those who read', 60],
  ['ends them after a limit', 0.1],
])('an owner that stops %s', { timeout: 10_000 }, async (_what, maxSeconds) => {
  const { owner, owners } = prepare();
  const { blob, finish } = arrivingBlob();
  const flights = await serveFlights(owner, () => Promise.resolve(blob));
  const opened = await owners.open(wanted);
  const destination = new PassThrough();
  const copied = opened?.copyTo(destination, null).then(() => destination.end());
  await once(destination, 'readable');
  const closed = flights.close({ maxSeconds });
  if (maxSeconds > 1) {
    setTimeout(finish, 100);
    expect(await text(destination)).toBe('0123456789');
  } else await expect(copied).rejects.toThrow();
  finish();
  await closed;
});
