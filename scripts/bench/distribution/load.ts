// Runs an operation on many connections and records latencies.
import { HttpSocket } from './http-socket.ts';

/** `times` has the milliseconds of each operation. */
export type BenchLoad = { times: number[]; elapsedSeconds: number };

/** What one connection does repeatedly. */
export type Operation = (socket: HttpSocket) => Promise<void>;

/**
 * Runs for at least `seconds` and at least once per connection. Operations in flight at the end are completed and
 * counted.
 * @throws whatever an operation throws
 */
export async function runLoad(
  host: string,
  operation: Operation,
  { seconds, connections, maxOperations = Infinity }: { seconds: number; connections: number; maxOperations?: number },
): Promise<BenchLoad> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => HttpSocket.open(host)));
  const times: number[] = [];
  let begun = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  const work = async (socket: HttpSocket) => {
    do {
      if (begun >= maxOperations) return;
      begun += 1;
      const beganAt = performance.now();
      await operation(socket);
      times.push(performance.now() - beganAt);
    } while (performance.now() < endAt);
  };
  try {
    await Promise.all(sockets.map(work));
  } finally {
    for (const socket of sockets) socket.close();
  }
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  return { times, elapsedSeconds };
}

/** Combines loads. In milliseconds. */
export function summarise(loads: BenchLoad[]): { perSecond: number; p50: number; p99: number; operations: number } {
  const times = loads.flatMap((load) => load.times).sort((a, b) => a - b);
  const elapsedSeconds = loads.reduce((sum, load) => sum + load.elapsedSeconds, 0);
  const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? NaN;
  return { perSecond: times.length / elapsedSeconds, p50: at(0.5), p99: at(0.99), operations: times.length };
}
