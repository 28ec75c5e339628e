// Runs programs in a Debian of its own, with the mounts that a machine has. They are private and end with the first process.
import { spawn, type ChildProcess } from 'node:child_process';
import { run } from '../run-program.ts';

/** Starts a program that stays in the foreground. It is the child itself, so that signals reach it. */
export function startInDebian(root: string, command: string[]): ChildProcess {
  const mounts = `mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/dev/shm" && exec chroot "$0" "$@"`;
  return spawn('unshare', ['--mount', 'sh', '-c', mounts, root, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a program beside one of startInDebian, and returns its output. */
export function runBeside(child: ChildProcess, root: string, command: string[]): Promise<string> {
  return run('nsenter', ['--target', `${child.pid}`, '--mount', 'chroot', root, ...command]);
}
