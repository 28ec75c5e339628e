// Runs Debian's docker-registry (distribution 2.8) as an upstream, for another implementation of the protocol.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { findProgram } from '../find-program.ts';

export type DockerRegistry = {
  host: string;
  /** A restart keeps the port. */
  stop: () => Promise<void>;
  start: () => Promise<void>;
  close: () => Promise<void>;
};

const START_ATTEMPTS = 100;

export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-upstream-'));
  const port = await findFreePort();
  const host = `127.0.0.1:${port}`;
  const config = {
    version: 0.1,
    log: { level: 'error' },
    http: { addr: host },
    storage: { filesystem: { rootdirectory: folder } },
  };
  const configPath = join(folder, 'config.yml');
  // JSON is valid YAML.
  writeFileSync(configPath, JSON.stringify(config));
  let child = launch(configPath);
  const start = async () => {
    if (child.exitCode !== null || child.signalCode !== null) child = launch(configPath);
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
      const isUp = await fetch(`http://${host}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) return;
      await sleep(50);
    }
    throw new Error("docker-registry didn't start");
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  await start();
  return {
    host,
    start,
    stop,
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function launch(configPath: string) {
  return spawn(findProgram('docker-registry') ?? 'docker-registry', ['serve', configPath], { stdio: 'ignore' });
}
