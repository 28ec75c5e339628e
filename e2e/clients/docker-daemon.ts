// Runs a private Docker daemon with its own socket and data, without a bridge or firewall rules.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';

export type Docker = {
  /** Runs the docker client against this daemon. */
  docker: (...args: string[]) => Promise<string>;
  /** Points other programs' docker client at this daemon. */
  env: Record<string, string>;
  folder: string;
  stop: () => Promise<void>;
};

/** Returns why a daemon can't be started here, or null. */
export function dockerAbsent(): string | null {
  if (process.getuid?.() !== 0) return 'a Docker daemon needs root';
  const absent = ['dockerd', 'docker', 'containerd'].filter((program) => findProgram(program) === null);
  return absent.length > 0 ? `${absent.join(' and ')} not installed` : null;
}

const START_ATTEMPTS = 120;

/** `flags` are passed to dockerd. */
export async function startDocker(...flags: string[]): Promise<Docker> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-docker-'));
  mkdirSync(join(folder, 'config'));
  const socket = `unix://${folder}/docker.sock`;
  const daemon = spawn(
    findProgram('dockerd') ?? 'dockerd',
    [
      ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
      ...['-H', socket, '--iptables=false', '--ip6tables=false', '--bridge=none', '--log-level=error'],
      ...flags,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(daemon, 'exit');
  const env = { DOCKER_HOST: socket, DOCKER_CONFIG: join(folder, 'config') };
  const docker = (...args: string[]) => run('docker', args, env);
  const stop = async () => {
    daemon.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    if (daemon.exitCode !== null) break;
    const isUp = await docker('version').then(
      () => true,
      () => false,
    );
    if (isUp) return { docker, env, folder, stop };
    await sleep(250);
  }
  await stop();
  throw new Error("the Docker daemon didn't start");
}
