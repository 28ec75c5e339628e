// How many processes of which kind serve the site on one machine, and each one's share of what they have together.

/** Rendering takes a fraction of what a gallery's pulls do. */
const SERVERS_PER_PAGE_PROCESS = 4;
/** The pools of a machine have together at most as many connections as this many whole pools. */
const WHOLE_POOLS = 4;
/** The least that jobs, a transaction and the statements beside it need. */
const MIN_POOL = 4;

/** More cores than this are for more than one machine. */
const MAX_SERVERS = 8;
const MB = 1_000_000;
/** What a server, and the supervisor with a page process and the database, take in use. */
const SERVER_BYTES = 300 * MB;
const OTHERS_BYTES = 900 * MB;

/**
 * Returns the number of servers for a machine that nobody has configured: as many as cores, as far as its memory goes.
 * @param memoryBytes of the machine, or what a container may use
 */
export function chooseServers({ cores, memoryBytes }: { cores: number; memoryBytes: number }): number {
  const fitting = Math.floor((memoryBytes - OTHERS_BYTES) / SERVER_BYTES);
  return Math.max(1, Math.min(cores, MAX_SERVERS, fitting));
}

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
