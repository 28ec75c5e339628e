// Tells all processes of the site about pauses of upstreams, through rows. The others see them when they load the upstream's settings:
// at once on this machine, because it announces writes, and within seconds elsewhere.
import type pg from 'pg';
import type { PauseBoard } from '#lib/upstream/client/circuit-breaker.ts';
import type { Log } from '#lib/platform/log.ts';
import { claimProbe, deletePause, releaseProbe, savePause, type PauseKey } from './pause-rows.sql.ts';

/** How long the others wait for a process that ended while it probed. Longer than tokens, redirects and their timeouts take. */
const PROBE_LEASE_MS = 240_000;

export function sharePauses({ pool, log }: { pool: pg.Pool; log: Log }): (key: PauseKey) => PauseBoard {
  const tell = async (write: Promise<void>): Promise<boolean> => {
    try {
      await write;
      return true;
    } catch (error) {
      log.warn({ err: error }, 'sharing the state of a circuit breaker failed');
      return false;
    }
  };
  return (key) => ({
    open: (pause) => tell(savePause(pool, key, pause)),
    claimProbe: () => claimProbe(pool, key, PROBE_LEASE_MS),
    release: async (claim) => void (await tell(releaseProbe(pool, key, claim))),
    close: async (claim) => void (await tell(deletePause(pool, key, claim))),
  });
}
