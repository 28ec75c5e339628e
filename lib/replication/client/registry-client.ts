// Reads and writes one repository of another registry.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
import { request as httpRequest, type Agent, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { MANIFEST_TYPES } from '#lib/oci/media-types.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { readBounded } from '#lib/upstream/client/bodies/read-bounded.ts';
import { readRetryAfter } from '#lib/upstream/client/bodies/read-limits.ts';
import { checkRealm } from '#lib/upstream/client/auth/check-realm.ts';
import { basicOf } from '#lib/upstream/client/auth/fetch-token.ts';
import { parseChallenges } from '#lib/upstream/client/auth/parse-challenges.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';
import {
  deniedUpstream,
  invalidUpstream,
  rateLimitedUpstream,
  toUpstreamError,
  unavailableUpstream,
} from '#lib/upstream/client/upstream-errors.ts';

export type Agents = { tls: Agent; plain: Agent };

export type RegistryRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** `manifests/latest`, or the absolute URL of an upload. */
  path: string | URL;
  headers?: OutgoingHttpHeaders;
  body?: Buffer | ((signal: AbortSignal) => Readable);
};

export type RegistryResponse = { status: number; headers: IncomingMessage['headers']; body: Buffer };

const ACCEPT = [...MANIFEST_TYPES, '*/*'].join(', ');
const MAX_BODY_BYTES = 64 * 1024;
const IDLE_MS = 60_000;
const DEFAULT_RETRY_SECONDS = 30;
const TOKEN_BODY = z.object({ token: z.string().optional(), access_token: z.string().optional() });
// RFC 6750 §2.1. Any other character could inject a header.
const TOKEN = /^[A-Za-z0-9._~+/-]{1,16384}=*$/;
const ERRORS = z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1) });

export class RegistryClient {
  readonly #agents: Agents;
  readonly #address: UpstreamAddress;
  readonly #repository: string;
  readonly #signal: AbortSignal;
  #authorization: string | null = null;

  constructor(options: { agents: Agents; address: UpstreamAddress; repository: string; signal: AbortSignal }) {
    this.#agents = options.agents;
    this.#address = options.address;
    this.#repository = options.repository;
    this.#signal = options.signal;
  }

  /**
   * Resolves for every status below 500 except 401, 403, 408 and 429. Renews the token once when it is refused.
   * @throws AppError `upstream_unavailable`, `upstream_rate_limited`, `upstream_denied`, `upstream_invalid`
   */
  async send(request: RegistryRequest): Promise<RegistryResponse> {
    const url = this.#urlOf(request.path);
    const first = await this.#exchange(url, request);
    if (first.status !== 401) return this.#check(first);
    this.#authorization = await this.#authorize(first.headers['www-authenticate']);
    return this.#check(await this.#exchange(url, request));
  }

  /**
   * Looks a manifest up. `digest` is null if the registry names none. Some registries say that a manifest is missing if its type isn't
   * accepted by name.
   */
  async findManifest(reference: string): Promise<{ digest: string | null } | null> {
    const headers = { accept: ACCEPT };
    const response = await this.send({ method: 'HEAD', path: `manifests/${reference}`, headers });
    return response.status === 200 ? { digest: response.headers['docker-content-digest']?.toString() ?? null } : null;
  }

  /** Resolves the `Location` of an upload, which must stay on the registry's own host. */
  uploadUrl(location: string | undefined): URL {
    const own = this.#urlOf('blobs/uploads/');
    const url = location === undefined ? null : URL.parse(location, own);
    if (url?.origin !== own.origin)
      throw invalidUpstream(`${this.#address.host} answered with an invalid upload address.`);
    return url;
  }

  #urlOf(path: string | URL): URL {
    if (path instanceof URL) return path;
    const { host, isPlainHttp } = this.#address;
    const serving = host === 'docker.io' ? 'registry-1.docker.io' : host;
    return new URL(`${isPlainHttp ? 'http' : 'https'}://${serving}/v2/${this.#repository}/${path}`);
  }

  #check(response: RegistryResponse): RegistryResponse {
    const { host, credentials } = this.#address;
    const { status, headers } = response;
    if (status === 429) throw rateLimitedUpstream(host, readRetryAfter(headers, Date.now()) ?? DEFAULT_RETRY_SECONDS);
    if (status >= 500 || status === 408) throw unavailableUpstream(host, `answered with ${status}`);
    if (status >= 300 && status < 400) throw invalidUpstream(`${host} redirected a push.`);
    if (status === 401 || status === 403) {
      const how = credentials ? 'with the configured credentials' : 'without credentials';
      throw new AppError('upstream_denied', `${host} denies replication to ${this.#repository} ${how}.`);
    }
    return response;
  }

  async #authorize(header: string | undefined): Promise<string> {
    const { host, credentials } = this.#address;
    const challenges = parseChallenges(header);
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    const realm = bearer?.parameters.get('realm');
    if (realm === undefined) {
      const basic = basicOf(this.#address)['authorization'];
      const takesBasic = challenges.some(({ scheme }) => scheme === 'basic');
      if (takesBasic && basic !== undefined) return basic;
      throw deniedUpstream(host, this.#repository, credentials !== null);
    }
    const url = checkRealm(this.#address, realm);
    const service = bearer?.parameters.get('service');
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${this.#repository}:pull,push,delete`);
    const { status, body } = await this.#call(url, { method: 'GET', path: url, headers: basicOf(this.#address) });
    if (status >= 500 || status === 429) throw unavailableUpstream(host, `answered the token request with ${status}`);
    if (status !== 200) throw deniedUpstream(host, this.#repository, credentials !== null);
    const parsed = TOKEN_BODY.safeParse(parseJson(body));
    const token = parsed.data?.token ?? parsed.data?.access_token ?? '';
    if (!TOKEN.test(token)) throw invalidUpstream(`${url.host} answered the token request with an invalid token.`);
    return `Bearer ${token}`;
  }

  #exchange(url: URL, request: RegistryRequest): Promise<RegistryResponse> {
    const authorization = this.#authorization;
    return this.#call(url, {
      ...request,
      headers: { ...request.headers, ...(authorization !== null && { authorization }) },
    });
  }

  async #call(url: URL, { method, headers = {}, body }: RegistryRequest): Promise<RegistryResponse> {
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    let isStale = false;
    try {
      const isTls = url.protocol === 'https:';
      const send = isTls ? httpsRequest : httpRequest;
      const agent = isTls ? this.#agents.tls : this.#agents.plain;
      const length = Buffer.isBuffer(body) ? body.length : typeof body === 'function' ? undefined : 0;
      const needsLength = length !== undefined && method !== 'GET' && method !== 'HEAD';
      const req = send(url, {
        method,
        agent,
        signal,
        timeout: IDLE_MS,
        headers: { 'user-agent': 'vitrine', ...headers, ...(needsLength && { 'content-length': length }) },
      });
      req.on('timeout', () => req.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' })));
      const { promise: arrived, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      req.on('error', (error) => {
        isStale = req.reusedSocket && isReset(error);
        reject(error);
      });
      req.on('response', resolve);
      // A refusal may come before the body has been sent, and is then the better answer.
      const sent =
        typeof body === 'function' ? pipeline(body(signal), req).catch(reject) : Promise.resolve(req.end(body));
      const response = await arrived;
      // Also of HEAD: the connection serves others only after the end.
      const bytes = (await readBounded(response, MAX_BODY_BYTES)) ?? Buffer.alloc(0);
      if (typeof body === 'function') req.destroy();
      await sent;
      return { status: response.statusCode ?? 0, headers: response.headers, body: bytes };
    } catch (error) {
      // Not after success: it would end the connection.
      ending.abort();
      this.#signal.throwIfAborted();
      // The registry ended an idle connection just as it was used again (RFC 9112 §9.3.1). Another one gets the request,
      // unless it may have changed something.
      if (isStale && (method === 'GET' || method === 'HEAD'))
        return await this.#call(url, { method, path: url, headers });
      throw isAppError(error) ? error : toUpstreamError(this.#address.host, error);
    }
  }
}

function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Returns the first error of an OCI error document. */
export function readOciError({ body }: RegistryResponse): { code: string; message: string } | null {
  const [first] = ERRORS.safeParse(parseJson(body)).data?.errors ?? [];
  return first ? { code: first.code.slice(0, 64), message: (first.message ?? '').slice(0, 300) } : null;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
