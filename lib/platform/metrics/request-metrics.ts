// Measures requests of every edge. Counters are plain numbers, because a warm pull takes only some microseconds.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { defineMetrics, type MetricGroup, type MetricSample } from './define-metrics.ts';

export const EDGES = ['registry', 'aws', 'api', 'pages', 'operator'] as const;
export type Edge = (typeof EDGES)[number];

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
/** nginx's code for a client that disconnected before the response was complete. */
const CLIENT_CLOSED = 499;
/** Route of requests that match none. Their paths are arbitrary text. */
export const UNMATCHED = 'unmatched';
/** More than all routes, methods and codes of the site together. */
const MAX_SERIES = 10_000;
/** Seconds. Warm pulls take microseconds, and pushes of large blobs take minutes. */
const BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600] as const;

/** A request and its response, once the response is complete or its connection is closed. */
export type FinishedRequest = {
  req: IncomingMessage;
  edge: Edge;
  route: string;
  code: number;
  seconds: number;
  sentBytes: number;
  receivedBytes: number;
};

type Series = { edge: Edge; route: string; method: string; code: number; buckets: number[]; sum: number };
type EdgeTotals = { inFlight: number; receivedBytes: number; sentBytes: number };
type SocketBytes = { received: number; sent: number; metrics: RequestMetrics; edge: Edge };
type Measure = { metrics: RequestMetrics; edge: Edge; route: string | null; startedMs: number };
type OnFinish = (finished: FinishedRequest) => void;
type FindRoute = (req: IncomingMessage) => string | null;

const MEASURE = Symbol('vitrine.measure');
const BYTES = Symbol('vitrine.bytes');
type MeasuredResponse = ServerResponse & { [MEASURE]?: Measure };
type MeasuredSocket = Socket & { [BYTES]?: SocketBytes };

/** Sets the route that a request is counted under. Routes are templates, never paths. */
export function nameRoute(res: ServerResponse, route: string): void {
  const measure = (res as MeasuredResponse)[MEASURE];
  if (measure) measure.route = route;
}

export class RequestMetrics {
  readonly #series = new Map<string, Map<string, Map<number, Series>>>();
  readonly #totals: Record<Edge, EdgeTotals>;
  #seriesCount = 0;
  #findRoute: FindRoute = () => null;
  #onFinish: OnFinish | null = null;

  readonly #maxSeries: number;

  constructor({ maxSeries = MAX_SERIES } = {}) {
    this.#maxSeries = maxSeries;
    const totals = EDGES.map((edge) => [edge, { inFlight: 0, receivedBytes: 0, sentBytes: 0 }]);
    this.#totals = Object.fromEntries(totals) as Record<Edge, EdgeTotals>;
  }

  /** Names the route of a finished request that no handler named. */
  set findRoute(find: FindRoute) {
    this.#findRoute = find;
  }

  /** Called with each finished request. */
  set onFinish(listener: OnFinish | null) {
    this.#onFinish = listener;
  }

  /** Begins to measure a request. Call `watch` once its handler has returned. */
  begin(res: ServerResponse, edge: Edge): void {
    this.#totals[edge].inFlight += 1;
    (res as MeasuredResponse)[MEASURE] = { metrics: this, edge, route: null, startedMs: performance.now() };
    const socket = res.req.socket as MeasuredSocket;
    if (socket[BYTES]) return;
    socket[BYTES] = { received: 0, sent: 0, metrics: this, edge };
    socket.on('close', countLastBytes);
  }

  /** Waits for the end of a response, unless its answer from memory was counted already. */
  watch(res: ServerResponse): void {
    if ((res as MeasuredResponse)[MEASURE]) res.on('close', finish);
  }

  /** @internal */
  end(res: ServerResponse, measure: Measure, code: number): void {
    const { req } = res;
    const { edge, route, startedMs } = measure;
    const seconds = (performance.now() - startedMs) / 1_000;
    this.#totals[edge].inFlight -= 1;
    (res as MeasuredResponse)[MEASURE] = undefined;
    const series = this.#find(edge, route ?? this.#findRoute(req) ?? UNMATCHED, req.method ?? '', code);
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] ?? 0)) bucket += 1;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sum += seconds;
    if (!this.#onFinish) return;
    const bytes = this.countBytes(req.socket, edge);
    this.#onFinish({ req, edge, route: series.route, code, seconds, ...bytes });
  }

  /** @internal Counts what a connection has moved since the last call. */
  countBytes(socket: Socket, edge: Edge): { receivedBytes: number; sentBytes: number } {
    const before = (socket as MeasuredSocket)[BYTES];
    if (!before) return { receivedBytes: 0, sentBytes: 0 };
    const receivedBytes = socket.bytesRead - before.received;
    const sentBytes = socket.bytesWritten - before.sent;
    before.received += receivedBytes;
    before.sent += sentBytes;
    const totals = this.#totals[edge];
    totals.receivedBytes += receivedBytes;
    totals.sentBytes += sentBytes;
    return { receivedBytes, sentBytes };
  }

  /** Whether somebody wants to know of each finished request. */
  get hasListener(): boolean {
    return this.#onFinish !== null;
  }

  #find(edge: Edge, route: string, method: string, code: number): Series {
    // Routes of edges don't overlap, except for `unmatched`.
    const key = route === UNMATCHED ? edge : route;
    let methods = this.#series.get(key);
    if (!methods) this.#series.set(key, (methods = new Map<string, Map<number, Series>>()));
    let codes = methods.get(method);
    if (!codes) {
      if (!(METHODS as readonly string[]).includes(method)) {
        if (method !== 'other') return this.#find(edge, route, 'other', code);
      }
      methods.set(method, (codes = new Map<number, Series>()));
    }
    let series = codes.get(code);
    if (series) return series;
    if (this.#seriesCount >= this.#maxSeries && route !== UNMATCHED) return this.#find(edge, UNMATCHED, method, code);
    series = { edge, route, method, code, buckets: Array<number>(BOUNDS.length + 1).fill(0), sum: 0 };
    codes.set(code, series);
    this.#seriesCount += 1;
    return series;
  }

  get series(): Series[] {
    return [...this.#series.values()].flatMap((methods) =>
      [...methods.values()].flatMap((codes) => [...codes.values()]),
    );
  }

  get totals(): Readonly<Record<Edge, EdgeTotals>> {
    return this.#totals;
  }
}

/**
 * Counts an answer from memory as soon as it is written. Waiting for the end of the response costs a tenth of a warm pull.
 * Its bytes are counted with the next request of the connection, or at its end.
 */
export function countAnswered(res: ServerResponse): void {
  const measure = (res as MeasuredResponse)[MEASURE];
  if (measure && !measure.metrics.hasListener) measure.metrics.end(res, measure, res.statusCode);
}

/** One function for all responses, because a closure for each costs memory. */
function finish(this: ServerResponse): void {
  const measure = (this as MeasuredResponse)[MEASURE];
  if (!measure) return;
  const { metrics, edge } = measure;
  metrics.end(this, measure, this.writableFinished ? this.statusCode : CLIENT_CLOSED);
  metrics.countBytes(this.req.socket, edge);
}

function countLastBytes(this: Socket): void {
  const bytes = (this as MeasuredSocket)[BYTES];
  bytes?.metrics.countBytes(this, bytes.edge);
}

const LABELS = {
  edge: EDGES,
  route: 'Template of the path, or operation of an AWS API',
  method: [...METHODS],
  code: 'Status; 499 if the client disconnected first',
} as const;

export const REQUEST_METRICS: MetricGroup<{ requests: RequestMetrics }> = defineMetrics(
  {
    http_requests_total: { kind: 'counter', help: 'Requests answered', labels: LABELS },
    http_request_duration_seconds: {
      kind: 'histogram',
      help: 'Time from the head of a request to the last byte of its response',
      labels: LABELS,
    },
    http_requests_in_flight: { kind: 'gauge', help: 'Requests being answered', labels: { edge: EDGES } },
    http_received_bytes_total: {
      kind: 'counter',
      help: 'Bytes received from clients, heads included, counted when a response or its connection ends',
      labels: { edge: EDGES },
    },
    http_sent_bytes_total: {
      kind: 'counter',
      help: 'Bytes sent to clients, heads included, counted when a response or its connection ends',
      labels: { edge: EDGES },
    },
  },
  ({ requests }) => {
    const { series, totals } = requests;
    const labelled = series.map(({ edge, route, method, code, buckets, sum }) => ({
      labels: { edge, route, method, code },
      buckets,
      sum,
    }));
    const ofEdges = (what: keyof EdgeTotals): MetricSample[] =>
      EDGES.map((edge) => ({ labels: { edge }, value: totals[edge][what] }));
    return {
      http_requests_total: labelled.map(({ labels, buckets }) => ({
        labels,
        value: buckets.reduce((total, count) => total + count, 0),
      })),
      http_request_duration_seconds: labelled.map(({ labels, buckets, sum }) => ({
        labels,
        value: { bounds: BOUNDS, buckets, sum },
      })),
      http_requests_in_flight: ofEdges('inFlight'),
      http_received_bytes_total: ofEdges('receivedBytes'),
      http_sent_bytes_total: ofEdges('sentBytes'),
    };
  },
);
