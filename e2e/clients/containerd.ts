// Runs a private containerd with its own socket and data, and only the plugins that this allows.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../find-program.ts';
import { run } from '../run-program.ts';

export type Containerd = {
  /** Runs ctr against this containerd. */
  ctr: (...args: string[]) => Promise<string>;
  /** The path of its socket. */
  address: string;
  /** Configures a mirror for a registry and returns the folder for `--hosts-dir`. */
  setMirror: (host: string, mirror: string) => string;
  stop: () => Promise<void>;
};

/** Returns why containerd can't be started here, or null. */
export function containerdAbsent(): string | null {
  if (process.getuid?.() !== 0) return 'containerd needs root';
  const absent = ['containerd', 'ctr'].filter((program) => findProgram(program) === null);
  return absent.length > 0 ? `${absent.join(' and ')} not installed` : null;
}

const START_ATTEMPTS = 120;

/** @param cri lines for the plugin that Kubernetes uses. Without them, it is off. */
export async function startContainerd(cri: ((folder: string) => string) | null = null): Promise<Containerd> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-containerd-'));
  const address = join(folder, 'containerd.sock');
  const config = `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = [${cri ? '' : '"io.containerd.grpc.v1.cri"'}]
[grpc]
  address = "${address}"
${cri?.(folder) ?? ''}
`;
  writeFileSync(join(folder, 'config.toml'), config);
  const args = ['--config', join(folder, 'config.toml'), '--log-level', 'error'];
  const daemon = spawn(findProgram('containerd') ?? 'containerd', args, { stdio: 'ignore' });
  const exited = once(daemon, 'exit');
  const ctr = (...ctrArgs: string[]) => run('ctr', ['--address', address, ...ctrArgs]);
  const stop = async () => {
    daemon.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const setMirror = (host: string, mirror: string) => {
    const hostsDir = join(folder, 'hosts');
    mkdirSync(join(hostsDir, host), { recursive: true });
    const hosts = `server = "https://${host}"\n\n[host."${mirror}"]\n  capabilities = ["pull", "resolve"]\n`;
    writeFileSync(join(hostsDir, host, 'hosts.toml'), hosts);
    return hostsDir;
  };
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    if (daemon.exitCode !== null) break;
    const isUp = await ctr('version').then(
      () => true,
      () => false,
    );
    if (isUp) return { ctr, address, setMirror, stop };
    await sleep(250);
  }
  await stop();
  throw new Error("containerd didn't start");
}
