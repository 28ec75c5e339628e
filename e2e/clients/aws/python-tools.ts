// The AWS CLI and boto3 from PyPI, installed once into a virtual environment of their own.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../find-program.ts';
import { run } from '../../run-program.ts';

const PACKAGES = ['awscli==1.45.11', 'boto3==1.43.11'];
const FOLDER = join(
  import.meta.dirname,
  '../../../node_modules/.cache/python-tools',
  PACKAGES.join('_').replaceAll('==', '-'),
);

/** `aws` and `python` are paths, or null with the reason for the titles of skipped tests. */
export type PythonTools = { aws: string; python: string; absent: null } | { absent: string };

export async function findPythonTools(): Promise<PythonTools> {
  const tools = { aws: join(FOLDER, 'bin/aws'), python: join(FOLDER, 'bin/python'), absent: null };
  if (existsSync(tools.aws)) return tools;
  if (findProgram('python3') === null) return { absent: 'Python is not installed' };
  console.log(`Installing ${PACKAGES.join(' and ')} …`);
  try {
    await run('python3', ['-m', 'venv', FOLDER]);
    await run(tools.python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
    return tools;
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true });
    console.error(error);
    return { absent: 'installing the AWS CLI from PyPI failed' };
  }
}
