import cluster from 'node:cluster';
import { readConfig, type Config } from '#lib/config.ts';
import { logConsole } from '#lib/platform/console-lines.ts';
import { createLog, isTerminalOutput } from '#lib/platform/log.ts';
import type { Command } from '../command.ts';
import { describeUnknownName, listUnknownNames } from '../inspect/unknown-names.ts';
import { endOnCrash } from './end-process.ts';

export const serveCommand: Command = {
  summary: 'Start the site and the registry (same as npm start)',
  options: {},
  run: async () => {
    const config = readConfig();
    // Loaded on demand, so that the supervisor holds neither the site nor Next in memory.
    if (cluster.isWorker) return (await import('./serve-part.ts')).servePart(config);
    const log = createLog(config.logLevel);
    if (!isTerminalOutput()) logConsole(log);
    endOnCrash(log);
    for (const name of listUnknownNames()) log.warn(describeUnknownName(name));
    if (hasSeveral(config)) return (await import('./serve-several.ts')).serveSeveral(config, log);
    return (await import('./serve-alone.ts')).serveAlone(config, log);
  },
};

/** Jobs need one process, and `npm run dev` compiles pages in it. */
function hasSeveral({ processes, role, isDevelopment }: Config): boolean {
  return processes > 1 && role !== 'worker' && !isDevelopment;
}
