import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobOf } from '#lib/testing/images/build-image.ts';
import {
  addressOf,
  createTestUpstreamClient,
  upstreamMetadata,
  readAll,
} from '#lib/testing/servers/create-test-upstream-client.ts';
import { startFaultUpstream, type FaultUpstream } from '#lib/testing/servers/fault-upstream.ts';
import type { UpstreamClient } from '#lib/upstream/client/upstream-client.ts';

const blob = blobOf('application/octet-stream', Buffer.alloc(2_000_000, 'layer'));
let upstream: FaultUpstream;
let client: UpstreamClient;
beforeEach(async () => {
  upstream = await startFaultUpstream();
  client = createTestUpstreamClient();
  upstream.content.addBlob('acme/app', blob);
});
afterEach(() => Promise.all([client.close(), upstream.close()]));

const open = async (signal?: AbortSignal) => {
  const request = upstreamMetadata({ path: `blobs/${blob.digest}`, kind: 'blob', ...(signal && { signal }) });
  return (await client.request(addressOf(upstream), request)).body;
};

describe('a body', () => {
  it('arrives whole', async () => {
    expect((await readAll(await open())).equals(blob.bytes)).toBe(true);
  });

  it('may be slow as long as bytes keep arriving', async () => {
    upstream.misbehave({ trickle: { bytes: 500_000, everyMs: 150 } });
    expect((await readAll(await open())).length).toBe(blob.bytes.length);
  });

  it.each([
    ['is cut off', { cutAfterBytes: 70_000 }, /closed the connection/],
    ['is cut off at once', { cutAfterBytes: 0 }, /closed the connection/],
    ['is cut off in chunks', { cutAfterBytes: 70_000, isChunked: true }, /closed the connection/],
    ['stops', { stallAfterBytes: 70_000 }, /stopped sending/],
    ['never begins', { stallAfterBytes: 0 }, /stopped sending/],
    ['is shorter than its Content-Length', { contentLength: 3_000_000 }, /stopped sending|closed the connection/],
  ] as const)('that %s ends in an error', async (_what, faults, sentence) => {
    upstream.misbehave(faults);
    await expect(readAll(await open())).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringMatching(sentence) as string,
    });
  });

  it('that is longer than its Content-Length ends there', async () => {
    upstream.misbehave({ contentLength: 1_000 });
    expect((await readAll(await open())).length).toBe(1_000);
    upstream.behave();
    expect((await readAll(await open())).length).toBe(blob.bytes.length);
  });

  it('waits for a slow reader', async () => {
    const body = await open();
    await sleep(500);
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (bytes === 0) await sleep(500);
      bytes += chunk.length;
    }
    expect(bytes).toBe(blob.bytes.length);
  });

  it('releases its connection when it is abandoned', async () => {
    for (let times = 0; times < 8; times += 1) (await open()).destroy();
    expect((await readAll(await open())).length).toBe(blob.bytes.length);
  });

  it('ends when the caller aborts', async () => {
    const leaving = new AbortController();
    upstream.misbehave({ trickle: { bytes: 1_000, everyMs: 50 } });
    const body = await open(leaving.signal);
    setTimeout(() => leaving.abort(new Error('gone')), 100);
    await expect(readAll(body)).rejects.toThrow('gone');
  });
});
