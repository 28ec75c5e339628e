import { once } from 'node:events';
import { createServer } from 'node:http';
import type { App } from '#lib/app.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { addDemo } from '../../prisma/seed/add-demo.ts';
import { removeDemo } from '../../prisma/seed/remove-demo.ts';
import { print, withApp, type Command } from './command.ts';

export const addDemoCommand: Command = {
  summary: 'Add the demo gallery if it is missing',
  options: {},
  run: async (values) => {
    await withApp((app) => withDistributionEdge(app, (baseUrl) => addDemo(app, baseUrl)));
    print(values, { ok: true }, ['Demo gallery added. `npm run demo:remove` removes it.']);
  },
};

export const removeDemoCommand: Command = {
  summary: 'Remove the demo gallery',
  options: {},
  run: async (values) => {
    const publishers = await withApp(removeDemo);
    print(values, { publishers }, [publishers ? `Removed ${publishers} demo publishers.` : 'No demo gallery found.']);
  },
};

/** Serves /v2 on a free local port, so that the demo can be pushed like by any client, even beside a running server. */
async function withDistributionEdge(app: App, work: (baseUrl: string) => Promise<void>): Promise<void> {
  const server = createServer((req, res) => void handleDistributionRequest(app, req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    if (typeof address === 'object' && address) await work(`http://127.0.0.1:${address.port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
