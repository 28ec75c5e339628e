// The token endpoint of a FaultUpstream, for its own or another registry's tokens.
// https://distribution.github.io/distribution/spec/auth/token/
import { randomUUID } from 'node:crypto';
import { basic } from './raw-http.ts';
import { reply, type Reply } from './upstream-content.ts';

export type TokenTerms = {
  /** Without credentials, anyone gets a token. */
  credentials?: { username: string; password: string };
  expiresInSeconds?: number;
  issuedAt?: string;
};

export class UpstreamTokens {
  terms: TokenTerms = {};
  readonly #scopes = new Map<string, string>();

  reply(path: string, authorization: string | undefined): Reply {
    const { credentials, expiresInSeconds, issuedAt } = this.terms;
    const isWrong = credentials && authorization !== basic(credentials.password, credentials.username);
    if (isWrong) return reply(401, 'application/json', '{"details":"incorrect username or password"}');
    const scope = new URL(path, 'http://upstream').searchParams.get('scope') ?? '';
    const token = randomUUID();
    this.#scopes.set(token, scope);
    const body = { token, access_token: token, expires_in: expiresInSeconds, issued_at: issuedAt };
    return reply(200, 'application/json', JSON.stringify(body));
  }

  /** Refuses all tokens issued so far. */
  revokeAll(): void {
    this.#scopes.clear();
  }

  isValid(authorization: string | undefined, repository: string): boolean {
    const token = authorization?.replace(/^Bearer /, '') ?? '';
    return this.#scopes.get(token) === `repository:${repository}:pull`;
  }
}
