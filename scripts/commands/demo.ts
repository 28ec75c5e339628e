import { once } from 'node:events';
import { createServer } from 'node:http';
import type { App } from '#lib/app.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { addDemo } from '../../prisma/seed/add-demo.ts';
import { removeDemo } from '../../prisma/seed/remove-demo.ts';
import { print, withApp, type Command } from './command.ts';

export const addDemoCommand: Command = {
  summary: 'Adds the demo gallery, where it is not there',
  options: {},
  run: async (values) => {
    await withApp((app) => withDistributionEdge(app, (baseUrl) => addDemo(app, baseUrl)));
    print(values, { ok: true }, ['The demo gallery is there. `npm run demo:remove` takes it away.']);
  },
};

export const removeDemoCommand: Command = {
  summary: 'Takes the demo gallery away',
  options: {},
  run: async (values) => {
    const publishers = await withApp(removeDemo);
    print(values, { publishers }, [
      publishers ? `Removed ${publishers} demo publishers.` : 'There was no demo gallery.',
    ]);
  },
};

/** Serves /v2 on a free local port, so that the demo is pushed as any client would push, even beside a running server. */
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
