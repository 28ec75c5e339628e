// The /v2 edge as a process that tests can kill: node replica-process.ts, with DATABASE_URL and DATA_DIR. Prints its
// port.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLimitedServer } from '#lib/platform/http/limited-server.ts';
import { stampRequest } from '#lib/platform/http/requests.ts';
import { createLog } from '#lib/platform/log.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { sendStalled } from '#lib/distribution/http/send-error.ts';

const config = readConfig();
const app = await createApp(config, createLog('silent', false));
const server = createLimitedServer(sendStalled);
const answer = (req: IncomingMessage, res: ServerResponse) => {
  stampRequest(req, config);
  void handleDistributionRequest(app, req, res);
};
server.on('request', answer).on('checkContinue', answer);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.stdout.write(`${typeof address === 'object' && address ? address.port : 0}\n`);
