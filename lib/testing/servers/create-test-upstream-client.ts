import { createLog } from '#lib/platform/log.ts';
import { createUpstreamClient, type UpstreamClientOptions } from '#lib/upstream/client/create-upstream-client.ts';
import type { UpstreamAddress, UpstreamClient, UpstreamRequest } from '#lib/upstream/client/upstream-client.ts';

/** Allows 127.0.0.1 and 127.0.0.2 only, with short timeouts. */
export function createTestUpstreamClient(options: Partial<UpstreamClientOptions> = {}): UpstreamClient {
  return createUpstreamClient({
    allowedNetworks: ['127.0.0.1', '127.0.0.2'],
    connectionsPerHost: 4,
    requestsPerSecond: 1_000,
    log: createLog('silent', false),
    ...options,
    timeouts: { connectMs: 2_000, headersMs: 500, idleBodyMs: 300, queueMs: 3_000, ...options.timeouts },
  });
}

export function addressOf(upstream: { host: string }, more: Partial<UpstreamAddress> = {}): UpstreamAddress {
  return { id: 1n, host: upstream.host, isPlainHttp: true, tokenHost: null, credentials: null, ...more };
}

/** The request of a tag check, with overrides. */
export function upstreamMetadata(more: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return { method: 'GET', repository: 'acme/app', path: 'manifests/latest', kind: 'metadata', ...more };
}

export async function readAll(body: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
