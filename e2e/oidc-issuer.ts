// A real OpenID Connect server for tests. Anyone in `people` signs in with any password.
import { createServer } from 'node:http';
import { once } from 'node:events';
import Provider from 'oidc-provider';

export type IssuerAccount = {
  email?: string;
  email_verified?: boolean;
  name?: string;
  groups?: string[];
};

export type Issuer = {
  url: string;
  clientId: string;
  clientSecret: string;
  /** By subject. Tests change it between sign-ins. */
  people: Map<string, IssuerAccount>;
  stop: () => void;
};

const CLIENT = { clientId: 'vitrine', clientSecret: 'a secret for tests' };

export async function startIssuer({ port, redirectUri }: { port: number; redirectUri: string }): Promise<Issuer> {
  const url = `http://127.0.0.1:${port}`;
  const people = new Map<string, IssuerAccount>();
  const provider = new Provider(url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    cookies: { keys: ['a key for tests'] },
    pkce: { required: () => true },
    findAccount: (_context, subject) => {
      const person = people.get(subject);
      return person && { accountId: subject, claims: () => ({ sub: subject, ...person }) };
    },
  });
  const handle = provider.callback();
  const server = createServer((req, res) => void handle(req, res));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, ...CLIENT, people, stop };
}
