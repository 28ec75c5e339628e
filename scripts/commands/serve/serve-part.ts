import { rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Config } from '#lib/config.ts';
import { logConsole } from '#lib/platform/console-lines.ts';
import { createLog, isTerminalOutput, type Log } from '#lib/platform/log.ts';
import { joinSupervisor } from '#lib/platform/processes/join-supervisor.ts';
import { sharePool } from '#lib/platform/processes/plan-processes.ts';
import type { Siblings } from '#lib/platform/processes/siblings.ts';
import { startServer, type RunningServer, type ServerHooks } from '../../../server.ts';
import { operatorSentence } from '../../operator-error.ts';
import { endOnCrash, endWithError, STOP_SIGNALS } from './end-process.ts';
import { createSay, sayStep } from './say.ts';
import { welcome } from './welcome.ts';

/** Niceness. Rendering takes a whole core for a while, and pulls shouldn't wait for it. */
const PAGE_PRIORITY = 5;

/** Plays the part of the site that the supervisor gives this process. */
export async function servePart(config: Config): Promise<void> {
  // The terminal sends Ctrl+C to all processes. Only the supervisor acts on it.
  for (const signal of STOP_SIGNALS) process.on(signal, () => undefined);
  const { siblings, started, tellReady, tellGreeted, tellFailure, onStop } = await joinSupervisor();
  const { part } = siblings;
  const log = createLog(config.logLevel, isTerminalOutput(), part.name);
  if (!isTerminalOutput()) logConsole(log);
  endOnCrash(log);
  try {
    const onDatabaseLost = (reason: unknown) => log.error({ err: reason }, "this process can't rejoin its database");
    const hooks = { siblings, onDatabaseLost, allStarted: started };
    const server = await start(config, log, hooks);
    onStop((delaySeconds) => {
      server.stop(delaySeconds === null ? {} : { delaySeconds }).then(
        () => process.exit(0),
        (error: unknown) => endWithError(log, error, 'failed to stop cleanly'),
      );
    });
    tellReady();
    if (!part.greets) return;
    await started;
    const say = createSay();
    await welcome(server, sayStep(say), say);
    tellGreeted();
  } catch (error) {
    const sentence = operatorSentence(error);
    if (sentence === null) log.fatal({ err: error }, 'startup failed');
    await tellFailure(sentence);
    process.exit(1);
  }
}

async function start(config: Config, log: Log, hooks: ServerHooks & { siblings: Siblings }): Promise<RunningServer> {
  const { part } = hooks.siblings;
  const poolSize = sharePool(config.database.poolSize, part.processCount);
  // The supervisor has migrated.
  const own = { ...config, database: { ...config.database, poolSize, isMigrating: false } };
  // A process that was killed leaves its socket behind.
  rmSync(part.ownSocket, { force: true });
  if (part.role === 'server') return startServer(own, log, hooks);
  setPriority(PAGE_PRIORITY);
  // Only page processes load Next.
  const { startPageServer } = await import('../../../page-server.ts');
  return startPageServer(own, log, hooks);
}
