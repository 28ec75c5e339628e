import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { startServer, type RunningServer } from '../../server.ts';
import { operatorSentence } from '../operator-error.ts';
import type { Command } from './command.ts';
import { welcome } from './welcome.ts';

export const serveCommand: Command = {
  summary: 'Start the site and the registry (same as npm start)',
  options: {},
  run: async () => {
    const config = readConfig();
    const log = createLog(config.logLevel);
    for (const name of config.ignoredVariables) log.warn(`${name} is set but has no effect in this version`);
    const server = await startServer(config, log, { step: showStep, onDatabaseLost: endWithoutDatabase });
    stopOnSignal(server);
    await welcome(server, showStep);
  },
};

/** Exits, so that a supervisor notices and restarts the process. */
function endWithoutDatabase(reason: unknown): void {
  console.error(operatorSentence(reason) ?? reason);
  process.exit(1);
}

async function showStep<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = Date.now();
  const result = await work();
  console.log(`✓ ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}

/** Drains on the first signal and exits on the second. */
function stopOnSignal(server: RunningServer): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    console.log(`${signal}: finishing requests in progress …`);
    // Ctrl+C means that no load balancer has to notice first.
    server.stop(signal === 'SIGTERM' ? {} : { delaySeconds: 0 }).then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
}
