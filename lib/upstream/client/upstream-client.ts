import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** An upstream registry as one publisher, or the operator, reaches it. */
export type UpstreamAddress = {
  id: bigint;
  /** As parseUpstreamHost writes it: `docker.io`, `ghcr.io`, `127.0.0.1:5000`. */
  host: string;
  isPlainHttp: boolean;
  /** The host, on another domain, that tokens may be asked from. */
  tokenHost: string | null;
  credentials: { username: string; password: string } | null;
};

export type UpstreamRequest = {
  method: 'GET' | 'HEAD';
  /** As people write it: `alpine` of Docker Hub is `library/alpine` by itself. */
  repository: string;
  /** `manifests/latest`, `blobs/sha256:…`, `tags/list?n=1000`. */
  path: string;
  accept?: string[];
  headers?: Record<string, string>;
  kind: 'metadata' | 'blob';
  signal?: AbortSignal;
};

/** The body ends in an AppError when it stalls or breaks off. It has to be consumed or destroyed. */
export type UpstreamResponse = { status: number; headers: IncomingHttpHeaders; body: Readable };

/** What Docker Hub says of the pulls that are left. */
export type UpstreamRateLimit = { limit: number; remaining: number; windowSeconds: number; seenAt: Date };

export type UpstreamState = { brokenUntil: Date | null; rateLimit: UpstreamRateLimit | null };

export type UpstreamClient = {
  /**
   * Resolves for 200, 206, 304 and 404, and for 400 and 405 to a HEAD, so that the caller can fall back to GET. There are
   * registries that answer 401 or 403 to a HEAD alone: that is `upstream_denied`.
   * @throws AppError `upstream_unavailable`, `upstream_rate_limited`, `upstream_denied`, `upstream_invalid`; what `signal`
   * was aborted with, when it was
   */
  request: (upstream: UpstreamAddress, request: UpstreamRequest) => Promise<UpstreamResponse>;
  /** A small file from anywhere that connections may go: fetch-file.ts. */
  fetchFile: (file: { url: URL; maxBytes: number; signal?: AbortSignal }) => Promise<Buffer | null>;
  /** What is known of it now. */
  state: (upstream: UpstreamAddress) => UpstreamState;
  close: () => Promise<void>;
};
