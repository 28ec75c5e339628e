import { readConfig } from '#lib/config.ts';
import { logConsole } from '#lib/platform/console-lines.ts';
import { createLog, isTerminalOutput, type Log } from '#lib/platform/log.ts';
import type { Step } from '#lib/prepare-database.ts';
import { startServer, type RunningServer } from '../../../server.ts';
import { operatorSentence } from '../../operator-error.ts';
import type { Command } from '../command.ts';
import { describeUnknownName, listUnknownNames } from '../inspect/config.ts';
import { createSay, type Say } from './say.ts';
import { welcome } from './welcome.ts';

export const serveCommand: Command = {
  summary: 'Start the site and the registry (same as npm start)',
  options: {},
  run: async () => {
    const config = readConfig();
    const log = createLog(config.logLevel);
    if (!isTerminalOutput()) logConsole(log);
    endOnCrash(log);
    const say = createSay();
    const showStep: Step = async (name, work) => {
      const startedAt = Date.now();
      const result = await work();
      say(`✓ ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
      return result;
    };
    for (const name of listUnknownNames()) log.warn(describeUnknownName(name));
    const onDatabaseLost = (reason: unknown) => endWithError(log, reason, 'the embedded database is lost');
    const server = await startServer(config, log, { step: showStep, onDatabaseLost });
    stopOnSignal(server, say);
    await welcome(server, showStep, say);
  },
};

/** Exits, so that a supervisor notices and restarts the process. */
function endWithError(log: Log, reason: unknown, what: string): never {
  const sentence = operatorSentence(reason);
  if (sentence === null) log.fatal({ err: reason }, what);
  else log.fatal(sentence);
  process.exit(1);
}

/** Node would print the error as text. */
function endOnCrash(log: Log): void {
  process.on('uncaughtException', (error) => endWithError(log, error, 'crashed'));
}

/** Drains on the first signal and exits on the second. */
function stopOnSignal(server: RunningServer, say: Say): void {
  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    say(`${signal}: finishing requests in progress …`);
    // Ctrl+C means that no load balancer has to notice first.
    server.stop(signal === 'SIGTERM' ? {} : { delaySeconds: 0 }).then(
      () => process.exit(0),
      (error: unknown) => endWithError(server.app.log, error, 'failed to stop cleanly'),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
}
