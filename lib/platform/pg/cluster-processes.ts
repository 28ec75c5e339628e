// Tells the processes of a PostgreSQL cluster from later ones that were given the same ids, as happens soon in a container.
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { errorCode } from '#lib/platform/errors.ts';

/**
 * Whether the process is the server of the cluster in `data`, which is the folder it works in. Other systems than Linux
 * don't tell, so any process with its id counts there.
 */
export function isServerOf(data: string, pid: number): boolean {
  if (!isProcessAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
  } catch (error) {
    // A process that is ending has no folder any more.
    return errorCode(error) === 'EACCES';
  }
}

/** Describes a process so that `isSameProcess` recognises it: its start, in ticks since boot. Empty if unknown. */
export function describeProcess(pid: number): string {
  try {
    // Field 22. The second one is a name that may contain anything.
    return /^\d+ \(.*\) (?:\S+ ){19}(\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

export function isSameProcess(pid: number, description: string): boolean {
  return isProcessAlive(pid) && (description === '' || describeProcess(pid) === description);
}

/** Zombies don't count. */
function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
