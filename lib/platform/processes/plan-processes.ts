// How many processes of which kind serve the site on one machine, and each one's share of what they have together.

/** Rendering takes a fraction of what a gallery's pulls do. */
const SERVERS_PER_PAGE_PROCESS = 4;
/** The pools of a machine have together at most as many connections as this many whole pools. */
const WHOLE_POOLS = 4;
/** The least that jobs, a transaction and the statements beside it need. */
const MIN_POOL = 4;

export type ProcessPlan = { servers: number; pages: number };

/** One server serves pages itself. */
export function planProcesses(servers: number): ProcessPlan {
  return { servers, pages: servers === 1 ? 0 : Math.ceil(servers / SERVERS_PER_PAGE_PROCESS) };
}

/** Returns the size of each process's pool. One more connection of each listens to changes. */
export function sharePool(poolSize: number, processes: number): number {
  if (processes === 1) return poolSize;
  return Math.min(poolSize, Math.max(MIN_POOL, Math.floor((WHOLE_POOLS * poolSize) / processes) - 1));
}
