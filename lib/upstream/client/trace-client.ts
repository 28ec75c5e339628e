import type { Tracing } from '#lib/platform/tracing/tracing.ts';
import type { UpstreamClient } from './upstream-client.ts';

/** Traces requests to upstreams. They get no `traceparent`, because upstreams are third parties. */
export function traceClient(client: UpstreamClient, tracing: Tracing | null): UpstreamClient {
  if (!tracing) return client;
  return {
    ...client,
    request: (upstream, request) => {
      const attributes = { 'server.address': upstream.host, 'http.request.method': request.method };
      return tracing.run(`${request.method} upstream`, { kind: 'client', attributes }, () =>
        client.request(upstream, request),
      );
    },
  };
}
