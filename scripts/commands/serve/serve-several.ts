import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#lib/config.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ProcessPart, ProcessRole } from '#lib/platform/processes/messages.ts';
import { planProcesses } from '#lib/platform/processes/plan-processes.ts';
import { superviseProcesses } from '#lib/platform/processes/supervise-processes.ts';
import { openSiteForProcesses } from '#lib/prepare-database.ts';
import { endWithError, stopOnSignal } from './end-process.ts';
import { createSay, sayStep } from './say.ts';

/** Prepares the database and supervises the processes that serve the site. */
export async function serveSeveral(config: Config, log: Log): Promise<void> {
  const say = createSay();
  const step = sayStep(say);
  const embedded = await openSiteForProcesses(config, log, step);
  const sockets = mkdtempSync(join(tmpdir(), 'vitrine-'));
  const close = async () => {
    rmSync(sockets, { recursive: true, force: true });
    await embedded?.stop();
  };
  const end = (reason: unknown, what: string) => void close().finally(() => endWithError(log, reason, what));
  const parts = describeParts(config, sockets);
  const { delaySeconds, maxSeconds } = config.drain;
  try {
    const processes = await step(describePlan(parts), () =>
      superviseProcesses({
        parts,
        log,
        drainMs: (delaySeconds + maxSeconds) * 1_000,
        onLost: (reason) => end(reason, 'processes died'),
      }),
    );
    embedded?.watch({
      log,
      onMoved: () => undefined,
      onLost: (reason) => void processes.kill().then(() => end(reason, 'the embedded database is lost')),
    });
    const stop = async (options: { delaySeconds?: number }) => {
      await processes.stop({ delaySeconds: options.delaySeconds ?? null });
      await close();
    };
    stopOnSignal(stop, log, say);
  } catch (error) {
    await close();
    throw error;
  }
}

function describeParts({ processes }: Config, socketFolder: string): ProcessPart[] {
  const plan = planProcesses(processes);
  const name = (role: ProcessRole, count: number) =>
    Array.from({ length: count }, (_, i) => join(socketFolder, `${role}-${i + 1}.sock`));
  const pageSockets = name('pages', plan.pages);
  const serverSockets = name('server', plan.servers);
  const shared = { serverCount: plan.servers, processCount: plan.servers + plan.pages, pageSockets, serverSockets };
  return [
    ...pageSockets.map((ownSocket, i): ProcessPart => {
      return { ...shared, role: 'pages', name: `pages ${i + 1}`, ownSocket, isLeader: i === 0, greets: i === 0 };
    }),
    ...serverSockets.map((ownSocket, i): ProcessPart => {
      return { ...shared, role: 'server', name: `server ${i + 1}`, ownSocket, isLeader: false, greets: false };
    }),
  ];
}

function describePlan(parts: ProcessPart[]): string {
  const pages = parts.filter(({ role }) => role === 'pages').length;
  return `${parts.length - pages} servers and ${pages === 1 ? 'a page process' : `${pages} page processes`}`;
}
