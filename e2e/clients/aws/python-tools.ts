// The AWS CLI and boto3 from PyPI, installed once into a virtual environment of their own.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../find-program.ts';
import { run } from '../../run-program.ts';

const PACKAGES = ['awscli==1.46.3', 'boto3==1.44.8'];
const FOLDER = join(
  import.meta.dirname,
  '../../../node_modules/.cache/python-tools',
  PACKAGES.join('_').replaceAll('==', '-'),
);

/** `aws` and `python` are paths, or null with the reason for the titles of skipped tests. */
export type PythonTools = { aws: string; python: string; absent: null } | { absent: string };

/** The CLI comes with older models of the APIs than boto3. By this variable it uses those. */
export async function newestModels({ python }: { python: string }): Promise<{ AWS_DATA_PATH: string }> {
  const script = 'import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), "data"))';
  return { AWS_DATA_PATH: await run(python, ['-c', script]) };
}

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
