import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { toDigest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import { createLog } from '#lib/platform/log.ts';
import {
  findFlightOwners,
  serveFlights,
  type FlightWork,
  type OwnedBlob,
  type OwnedManifest,
} from './flight-owners.ts';

const wanted: OwnedBlob = {
  repository: { id: 1n, upstream: { upstreamId: 2n, name: 'library/tool' } },
  digest: toDigest('sha256', '0'.repeat(64)),
};

const manifest: OwnedManifest = {
  repository: {
    id: 1n,
    registryKey: 3n,
    alias: 'acme',
    name: 'tool',
    fullName: 'acme/tool',
    visibility: 'public',
    upstream: { upstreamId: 2n, name: 'library/tool' },
  },
  reference: { kind: 'tag', tag: 'v1' },
};

const log = createLog('silent', false);

/** Fails whatever a test doesn't use. */
const workOf = (work: Partial<FlightWork>): FlightWork => ({
  open: () => Promise.reject(new Error('unused')),
  refresh: () => Promise.reject(new Error('unused')),
  list: () => Promise.reject(new Error('unused')),
  ...work,
});

/** A key that the first of two servers owns. */
const OWNED_KEY = 'b';

/** Returns the socket of the owner of `wanted`, and another process's view of it. */
function prepare(silentMs?: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-test-'));
  const [owner, ownSocket] = [join(folder, 'owner.sock'), join(folder, 'own.sock')];
  const owners = findFlightOwners({ serverSockets: [owner, ownSocket], ownSocket }, silentMs);
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

test('waits only once for an owner that is paused', async () => {
  const { owner, owners } = prepare(100);
  let asked = 0;
  const paused = createServer(() => (asked += 1)).listen(owner);
  onTestFinished(() => void paused.close());
  await once(paused, 'listening');
  expect(await owners.open(wanted)).toBeNull();
  expect(await owners.refresh(OWNED_KEY, manifest)).toBeNull();
  expect(asked).toBe(1);
});

test('logs the cause of an internal error, which only its message leaves', async () => {
  const { owner, owners } = prepare();
  const cause = new Error('a fault of the program');
  const onError = vi.spyOn(log, 'error');
  const flights = await serveFlights(owner, workOf({ refresh: () => Promise.reject(cause) }), log);
  onTestFinished(() => flights.close({ maxSeconds: 0 }));
  await expect(owners.refresh(OWNED_KEY, manifest)).rejects.toMatchObject({ code: 'internal' });
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ err: cause }), expect.any(String));
});

test.each([
  ['waits for those who read', 60],
  ['ends them after a limit', 0.1],
])('an owner that stops %s', { timeout: 10_000 }, async (_what, maxSeconds) => {
  const { owner, owners } = prepare();
  const { blob, finish } = arrivingBlob();
  const flights = await serveFlights(owner, workOf({ open: () => Promise.resolve(blob) }), log);
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

test('an owner refreshes a manifest for another process, and is waited for while the upstream is slow', async () => {
  const { owner, owners } = prepare(2_500);
  const seen: OwnedManifest[] = [];
  const refresh = async (asked: OwnedManifest) => {
    seen.push(asked);
    await sleep(3_500);
    return { repositoryId: 7n, status: 'STALE' as const, warning: 'It is old.' };
  };
  const flights = await serveFlights(owner, workOf({ refresh }), log);
  onTestFinished(() => flights.close({ maxSeconds: 0 }));
  expect(await owners.refresh(OWNED_KEY, manifest)).toEqual({
    repositoryId: 7n,
    status: 'STALE',
    warning: 'It is old.',
  });
  expect(seen).toEqual([manifest]);
});

test('an owner refreshes a list for another process', async () => {
  const { owner, owners } = prepare();
  const wanted = { repository: manifest.repository, key: 'referrers sha256:0' };
  const answer = { content: [{ digest: 'sha256:1', annotations: { a: 'b' } }], status: 'MISS' as const };
  const list = (asked: unknown) => (expect(asked).toEqual(wanted), Promise.resolve(answer));
  const flights = await serveFlights(owner, workOf({ list }), log);
  onTestFinished(() => flights.close({ maxSeconds: 0 }));
  expect(await owners.list(OWNED_KEY, wanted)).toEqual(answer);
});

test('the owner’s error is the error of all', async () => {
  const { owner, owners } = prepare();
  const error = new AppError('upstream_rate_limited', 'docker.io is rate-limiting this site.', {
    retryAfterSeconds: 9,
  });
  const flights = await serveFlights(owner, workOf({ refresh: () => Promise.reject(error) }), log);
  onTestFinished(() => flights.close({ maxSeconds: 0 }));
  const { code, message, retryAfterSeconds } = error;
  await expect(owners.refresh(OWNED_KEY, manifest)).rejects.toMatchObject({ code, message, retryAfterSeconds });
});

test('an owner that ends meanwhile leaves the manifest to those who asked', async () => {
  const { owner, owners } = prepare();
  const asked = Promise.withResolvers<void>();
  const refresh = () => (asked.resolve(), new Promise<never>(() => undefined));
  const flights = await serveFlights(owner, workOf({ refresh }), log);
  const refreshed = owners.refresh(OWNED_KEY, manifest);
  await asked.promise;
  await flights.close({ maxSeconds: 0 });
  expect(await refreshed).toBeNull();
});

test.each([
  ['ends', (socket: Socket) => socket.destroy()],
  ['hangs', () => undefined],
])('an owner that %s in the middle of its answer leaves the manifest to those who asked', async (_what, then) => {
  const { owner, owners } = prepare(100);
  const server = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"', () => then(socket));
      });
  });
  await once(server.listen(owner), 'listening');
  onTestFinished(() => void server.close());
  expect(await owners.refresh(OWNED_KEY, manifest)).toBeNull();
});
