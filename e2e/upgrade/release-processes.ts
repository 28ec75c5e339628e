// Processes of the release before this one, from git, and of this one, with one database and one store.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newFolder, ROOT, track } from '../start/site-process.ts';

/** The release before this one. Move it with each release. */
export const PREVIOUS_RELEASE = '53ad92fb';

const execute = promisify(execFile);
type Env = Record<string, string>;
type Dependencies = { dependencies: Env };

/** Resolves to the reason why the previous release can't be had, or to null. */
export async function whyNoPreviousRelease(): Promise<string | null> {
  const isThere = await execute('git', ['cat-file', '-e', `${PREVIOUS_RELEASE}^{commit}`], { cwd: ROOT }).then(
    () => true,
    () => false,
  );
  return isThere ? null : `this clone lacks the commit ${PREVIOUS_RELEASE}; fetch the whole history`;
}

/** Unpacks the previous release. It shares this one's dependencies, which must have the same versions. */
export async function unpackPreviousRelease(): Promise<string> {
  const folder = newFolder();
  const unpack = `git archive ${PREVIOUS_RELEASE} | tar --extract --directory "$1"`;
  await execute('bash', ['-o', 'pipefail', '-c', unpack, 'bash', folder], { cwd: ROOT });
  const [before, now] = [folder, ROOT].map((root) => readDependencies(root));
  const other = Object.entries(before ?? {}).filter(([name, version]) => now?.[name] !== version);
  if (other.length > 0) throw new Error(`these dependencies have other versions now: ${other.join(' ')}`);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await execute(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { cwd: folder });
  return folder;
}

function readDependencies(root: string): Env {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Dependencies).dependencies;
}

/** Runs a command of a release, and resolves to what it prints. */
export async function runCommand(root: string, args: string[], env: Env): Promise<string> {
  const options = { cwd: root, env: { ...process.env, ...env } };
  return (await execute(process.execPath, ['scripts/vitrine.ts', ...args], options)).stdout;
}

export type ReleaseProcess = { url: string; child: ChildProcess };

/** Starts the /v2 edge of a release, which migrates the database first. */
export async function startRelease(root: string, env: Env): Promise<ReleaseProcess> {
  const child = spawn(process.execPath, ['lib/testing/servers/replica-process.ts'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  track(child);
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`a process didn't start: ${code}`)));
  const [port] = (await Promise.race([once(child.stdout, 'data'), died])) as [Buffer];
  died.catch(() => undefined);
  return { child, url: `http://127.0.0.1:${port.toString().trim()}` };
}

export async function stopRelease({ child }: ReleaseProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
