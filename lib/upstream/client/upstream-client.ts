import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Pause } from './circuit-breaker.ts';
import type { ConnectionKind } from './connections.ts';

/** How one publisher, or the operator, reaches an upstream registry. */
export type UpstreamAddress = {
  id: bigint;
  /** In parseUpstreamHost's spelling: `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  host: string;
  isPlainHttp: boolean;
  /** A host on another domain that may issue tokens. */
  tokenHost: string | null;
  credentials: { username: string; password: string } | null;
  /** What other processes of the site have told about it. */
  pauses?: Partial<Record<ConnectionKind, Pause>>;
};

export type UpstreamRequest = {
  method: 'GET' | 'HEAD';
  /** As users write it. Docker Hub's `alpine` is expanded to `library/alpine`. */
  repository: string;
  /** `manifests/latest`, `blobs/sha256:…`, `tags/list?n=1000`. */
  path: string;
  accept?: string[];
  headers?: Record<string, string>;
  kind: ConnectionKind;
  signal?: AbortSignal;
};

/** The body fails with an AppError when it stalls or is truncated. It must be consumed or destroyed. */
export type UpstreamResponse = { status: number; headers: IncomingHttpHeaders; body: Readable };

/** Docker Hub's remaining pulls. */
export type UpstreamRateLimit = { limit: number; remaining: number; windowSeconds: number; seenAt: Date };

export type UpstreamState = { brokenUntil: Date | null; rateLimit: UpstreamRateLimit | null };

export type UpstreamClient = {
  /**
   * Resolves for 200, 206, 304 and 404, and for 400 and 405 to a HEAD, so that the caller can fall back to GET. Some
   * registries answer 401 or 403 to HEAD only, which is `upstream_denied`.
   * @throws AppError `upstream_unavailable`, `upstream_rate_limited`, `upstream_denied`, `upstream_invalid`, or the
   * abort reason of `signal`
   */
  request: (upstream: UpstreamAddress, request: UpstreamRequest) => Promise<UpstreamResponse>;
  /** See fetch-file.ts. */
  fetchFile: (file: { url: URL; maxBytes: number; signal?: AbortSignal }) => Promise<Buffer | null>;
  /** Current health. */
  state: (upstream: UpstreamAddress) => UpstreamState;
  close: () => Promise<void>;
};
