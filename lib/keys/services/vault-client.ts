// A client of the HTTP API of Vault and OpenBao, with a token or an AppRole.
import { z } from 'zod';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import { refusedKey, unreachableService } from './key-service.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const ATTEMPTS = 3;
const RETRY_DELAY_MS = 100;
/** Of the lease of a token. */
const RENEW_SHARE = 2 / 3;
const MAX_TIMER_MS = 2 ** 31 - 1;
const RENEW_RETRY_MS = 10_000;

export type VaultConfig = {
  address: string;
  namespace: string | null;
  auth: { token: string } | { roleId: string; secretId: string };
};

export type VaultAnswer = { status: number; body: unknown };

const authSchema = z.object({
  auth: z.object({ client_token: z.string(), lease_duration: z.number(), renewable: z.boolean() }),
});
const lookupSchema = z.object({ data: z.object({ ttl: z.number(), renewable: z.boolean() }) });
const errorsSchema = z.object({ errors: z.array(z.string()) });

export class VaultClient {
  readonly name: string;
  readonly #config: VaultConfig;
  readonly #logins = new SingleFlight<string>();
  #token: string | null = null;
  #renewal: NodeJS.Timeout | undefined;

  constructor(config: VaultConfig) {
    this.name = `Vault at ${config.address}`;
    this.#config = config;
  }

  /**
   * Resolves to the answer of a success, or of an error 400 or 404, which mean something to the caller.
   * @throws AppError `key_refused` when the token may not do it; `unavailable`
   */
  async send(method: 'GET' | 'POST', path: string, body?: object): Promise<VaultAnswer> {
    const answer = await this.#fetch(method, path, { body, token: await this.#logIn() });
    // An expired token looks like a missing grant.
    if (answer.status !== 403) return answer;
    const again = await this.#logInAgain();
    const second = again === null ? answer : await this.#fetch(method, path, { body, token: again });
    if (second.status !== 403) return second;
    throw refusedKey(this.name, `doesn't allow this site to use ${path}`);
  }

  close(): void {
    clearTimeout(this.#renewal);
  }

  async #logIn(): Promise<string> {
    if (this.#token !== null) return this.#token;
    return this.#logins.run('', async () => {
      const { auth } = this.#config;
      if ('token' in auth) {
        await this.#watchToken(auth.token);
        return (this.#token = auth.token);
      }
      const body = { role_id: auth.roleId, secret_id: auth.secretId };
      const answer = await this.#fetch('POST', 'auth/approle/login', { body, token: null });
      if (answer.status !== 200) throw refusedKey(this.name, 'refuses the AppRole of this site');
      const { client_token, lease_duration, renewable } = authSchema.parse(answer.body).auth;
      this.#renewLater(lease_duration, renewable);
      return (this.#token = client_token);
    });
  }

  /** Resolves to null with a fixed token. */
  async #logInAgain(): Promise<string | null> {
    if ('token' in this.#config.auth) return null;
    this.#token = null;
    return this.#logIn();
  }

  async #watchToken(token: string): Promise<void> {
    const answer = await this.#fetch('GET', 'auth/token/lookup-self', { token });
    if (answer.status !== 200) throw refusedKey(this.name, 'refuses the token of this site');
    const { ttl, renewable } = lookupSchema.parse(answer.body).data;
    this.#renewLater(ttl, renewable);
  }

  /** A TTL of 0 is that of a root token, which doesn't expire. */
  #renewLater(ttlSeconds: number, isRenewable: boolean): void {
    clearTimeout(this.#renewal);
    if (!isRenewable || ttlSeconds === 0) return;
    const delayMs = Math.min(ttlSeconds * 1000 * RENEW_SHARE, MAX_TIMER_MS);
    this.#renewal = setTimeout(() => void this.#renew(), delayMs).unref();
  }

  async #renew(): Promise<void> {
    try {
      const answer = await this.#fetch('POST', 'auth/token/renew-self', { body: {}, token: this.#token });
      if (answer.status === 200) {
        const { lease_duration, renewable } = authSchema.parse(answer.body).auth;
        return this.#renewLater(lease_duration, renewable);
      }
      // The next request logs in, or says that the token has expired.
      this.#token = null;
    } catch {
      this.#renewal = setTimeout(() => void this.#renew(), RENEW_RETRY_MS).unref();
    }
  }

  async #fetch(
    method: string,
    path: string,
    { body, token }: { body?: object | undefined; token: string | null },
  ): Promise<VaultAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await this.#fetchOnce(method, path, { body, token });
        // Sealed, on standby, or overloaded.
        if (answer.status < 500 && answer.status !== 429) return answer;
        throw new Error(`Vault answered ${answer.status}: ${readErrors(answer.body)}`);
      } catch (error) {
        if (attempt === ATTEMPTS) throw unreachableService(this.name, error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * attempt));
      }
    }
  }

  async #fetchOnce(
    method: string,
    path: string,
    { body, token }: { body?: object | undefined; token: string | null },
  ): Promise<VaultAnswer> {
    const { address, namespace } = this.#config;
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: {
        'X-Vault-Request': 'true',
        ...(body && { 'Content-Type': 'application/json' }),
        ...(token !== null && { 'X-Vault-Token': token }),
        ...(namespace !== null && { 'X-Vault-Namespace': namespace }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // Would carry the token to another host.
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }
}

/** Joins the error messages of an answer. */
export function readErrors(body: unknown): string {
  const { data } = errorsSchema.safeParse(body);
  return data ? data.errors.join(' ').replaceAll(/\s+/g, ' ').trim() : 'no reason given';
}
