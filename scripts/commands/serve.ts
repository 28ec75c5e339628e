import { readConfig } from '#lib/platform/config/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { startServer, type RunningServer } from '../../server.ts';
import { operatorSentence } from '../operator-error.ts';
import type { Command } from './command.ts';
import { welcome } from './welcome.ts';

export const serveCommand: Command = {
  summary: 'Starts the site and the registry (what npm start does)',
  options: {},
  run: async () => {
    const config = readConfig();
    const log = createLog(config.logLevel);
    for (const name of config.ignoredVariables) log.warn(`${name} is set, but this version does not use it`);
    const server = await startServer(config, log, { step: showStep, onDatabaseLost: endWithoutDatabase });
    stopOnSignal(server);
    await welcome(server, showStep);
  },
};

/** A supervisor that restarts us can do more about it, and notices. */
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

/** The first signal stops in order; a second one at once. */
function stopOnSignal(server: RunningServer): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    console.log(`${signal}: finishing what is under way …`);
    // Who presses Ctrl+C has no load balancer to wait for.
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
