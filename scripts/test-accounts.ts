// Creates accounts, tokens and sessions on a running test site through the use cases behind its edges, without a process per account.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AccountStore } from './test-account-store.ts';

export type AccountServer = { url: string; close: () => Promise<void> };

/** Serves `POST /OPERATION` with JSON for the tests' own processes. `readSettings` returns those of the site. */
export async function startAccountServer(readSettings: () => Record<string, string>): Promise<AccountServer> {
  let opening: Promise<AccountStore> | null = null;
  // Most sites of single tests never ask, and Playwright compiles whatever it imports.
  const open = () =>
    (opening ??= import('./test-account-store.ts').then((module) => module.openAccounts(readSettings())));
  const answer = async (req: IncomingMessage) => {
    const { operations } = await open();
    const operation = operations[req.url?.slice(1) ?? ''];
    if (!operation) throw new Error(`no operation ${req.url}`);
    return operation(await json(req));
  };
  const server = createServer((req, res) => {
    answer(req).then(
      (result) => res.end(JSON.stringify(result)),
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      const store = await opening?.catch(() => null);
      await store?.close();
    },
  };
}
