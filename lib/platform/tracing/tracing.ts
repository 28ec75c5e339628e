// Traces with OpenTelemetry. Without a receiver, nothing of it is loaded and `App.tracing` is null (ADR 42).
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Context, Span, SpanContext } from '@opentelemetry/api';
import { createNetworkFilter } from '#lib/platform/net/public-address.ts';
import { readClientAddress, readRequestId } from '#lib/platform/http/requests.ts';
import type { Edge, FinishedRequest } from '#lib/platform/metrics/request-metrics.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import type { TracingSettings } from './tracing-config.ts';

export type Attributes = Record<string, string | number>;
export type SpanKindName = 'internal' | 'client' | 'consumer';
export type SpanOptions = { kind?: SpanKindName; attributes?: Attributes };

export type Tracing = {
  /** Runs `handle` in the span of a request, which `finish` ends. */
  serve: (req: IncomingMessage, edge: Edge, handle: () => void) => void;
  /** Ends the span of a request. */
  finish: (finished: FinishedRequest) => void;
  /** Runs `work` in a span. A failure is marked, without its message, which may hold values. */
  run: <Result>(name: string, options: SpanOptions, work: () => Promise<Result>) => Promise<Result>;
  /** Begins a span below the current one. Null outside of any: statements of timers have no trace. */
  begin: (name: string, options: SpanOptions) => ((error?: unknown) => void) | null;
  /** Sends what is buffered. */
  close: () => Promise<void>;
};

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const FIRST_ERROR = 500;

/** Loads OpenTelemetry and starts to send spans in batches. */
export async function openTracing(settings: TracingSettings): Promise<Tracing> {
  const { trace, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags } = await import('@opentelemetry/api');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { TracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } =
    await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const exporter = new OTLPTraceExporter({ url: `${settings.endpoint}/v1/traces`, headers: settings.headers });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.serviceName, 'service.version': packageJson.version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('vitrine', packageJson.version);
  const contexts = new AsyncLocalStorage<Context>();
  const isTrusted = createNetworkFilter(settings.trustedNetworks);
  const requests = new WeakMap<IncomingMessage, Span>();
  const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER };

  const start = (name: string, { kind = 'internal', attributes = {} }: SpanOptions, parent: Context) =>
    tracer.startSpan(name, { kind: kinds[kind], attributes }, parent);
  const fail = (span: Span, error: unknown) => {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', typeOf(error));
  };
  const remoteParent = (req: IncomingMessage): Context => {
    const address = readClientAddress(req);
    if (settings.trustedNetworks.length === 0 || address === null || !isTrusted(address)) return ROOT_CONTEXT;
    const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(String(req.headers['traceparent'] ?? '')) ?? [];
    if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
    const isSampled = Number.parseInt(flags, 16) % 2 === 1;
    const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
    const parent: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
    return trace.setSpanContext(ROOT_CONTEXT, parent);
  };

  return {
    serve: (req, edge, handle) => {
      const attributes = {
        'http.request.method': req.method ?? '',
        'vitrine.edge': edge,
        'vitrine.request_id': readRequestId(req),
      };
      const parent = remoteParent(req);
      const span = tracer.startSpan(req.method ?? 'request', { kind: SpanKind.SERVER, attributes }, parent);
      requests.set(req, span);
      contexts.run(trace.setSpan(parent, span), handle);
    },
    finish: ({ req, route, code }) => {
      const span = requests.get(req);
      if (!span) return;
      span.updateName(`${req.method ?? ''} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': code });
      if (code >= FIRST_ERROR) fail(span, { code: String(code) });
      span.end();
    },
    run: async (name, options, work) => {
      const parent = contexts.getStore() ?? ROOT_CONTEXT;
      const span = start(name, options, parent);
      try {
        return await contexts.run(trace.setSpan(parent, span), work);
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    begin: (name, options) => {
      const parent = contexts.getStore();
      if (!parent) return null;
      const span = start(name, options, parent);
      return (error) => {
        if (error !== undefined && error !== null) fail(span, error);
        span.end();
      };
    },
    close: () => provider.shutdown(),
  };
}

/** The code of an error, which holds no values. */
function typeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'error';
}
