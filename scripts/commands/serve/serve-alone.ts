import type { Config } from '#lib/config.ts';
import type { Log } from '#lib/platform/log.ts';
import { startServer } from '../../../server.ts';
import { endWithError, stopOnSignal } from './end-process.ts';
import { createSay, sayStep } from './say.ts';
import { welcome } from './welcome.ts';

/** Serves the whole site in this process. */
export async function serveAlone(config: Config, log: Log): Promise<void> {
  const say = createSay();
  const step = sayStep(say);
  const onDatabaseLost = (reason: unknown) => endWithError(log, reason, 'the embedded database is lost');
  const server = await startServer(config, log, { step, onDatabaseLost });
  stopOnSignal(server.stop, log, say);
  await welcome(server, step, say);
}
