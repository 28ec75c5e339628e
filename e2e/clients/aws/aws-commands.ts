// Runs many commands of an AWS CLI in one process.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_URL, vitrine, type Publisher } from '../../fixtures.ts';
import { findPythonTools } from './python-tools.ts';

const SCRIPT = join(import.meta.dirname, 'run-aws-commands.py');
const DEBIAN_AWS = '/usr/bin/aws';

export type AwsCli = {
  name: string;
  /** The interpreter that has the CLI. Null: `absent` says why, for the titles of skipped tests. */
  python: string | null;
  absent: string | null;
  /** Whether blobs in JSON input are base64, as on the wire. */
  takesBase64: boolean;
};

/** Debian's package is version 2, PyPI's is version 1, which knows newer operations. */
export async function findAwsClis(): Promise<AwsCli[]> {
  const isInstalled = existsSync(DEBIAN_AWS);
  const debian = isInstalled ? (readFileSync(DEBIAN_AWS, 'utf8').split('\n', 1)[0] ?? '').slice(2).trim() : null;
  const tools = await findPythonTools();
  const pypi = tools.absent === null ? tools.python : null;
  return [
    { name: "Debian's AWS CLI", python: debian, absent: debian ? null : 'awscli not installed', takesBase64: true },
    { name: "PyPI's AWS CLI", python: pypi, absent: tools.absent, takesBase64: false },
  ];
}

export type AwsKey = { accessKeyId: string; secretAccessKey: string; registryId: string };

/** Creates a key as the operator does. */
export async function createAwsKey({ email }: Publisher): Promise<AwsKey> {
  return JSON.parse(await vitrine('access-key', 'create', '--email', email, '--json')) as AwsKey;
}

export function awsEnvironment({ accessKeyId, secretAccessKey }: AwsKey): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: BASE_URL,
    AWS_ENDPOINT_URL_STS: BASE_URL,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    // Programs read one or the other.
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    // No settings of the machine's user.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

export type AwsCommand = { service: 'ecr' | 'ecr-public' | 'sts'; operation: string; input?: object };
/** `json` is null unless the command printed some. `error` is the code that the service answered, or `unknown`. */
export type AwsAnswer = { json: unknown; error: string | null; errors: string };

/** Runs the commands in order. Operations are named as in the API, such as `DescribeImages`. */
export async function runAws(cli: AwsCli, key: AwsKey, commands: readonly AwsCommand[]): Promise<AwsAnswer[]> {
  const lists = commands.map(({ service, operation, input = {} }) => [
    service,
    operation.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
    ...['--cli-input-json', JSON.stringify(input), '--endpoint-url', BASE_URL, '--output', 'json'],
  ]);
  const text = await runScript(cli, key, JSON.stringify(lists));
  const answers = JSON.parse(text) as { code: number; output: string; errors: string }[];
  return answers.map(({ code, output, errors }) => ({
    json: output.trim().startsWith('{') ? (JSON.parse(output) as unknown) : null,
    error: code === 0 ? null : (/An error occurred \((\w+)\)/.exec(errors)?.[1] ?? 'unknown'),
    errors,
  }));
}

function runScript({ python }: AwsCli, key: AwsKey, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...awsEnvironment(key) }, maxBuffer: 64 << 20 };
    const child = execFile(python ?? '', [SCRIPT], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${SCRIPT} failed:\n${stderr}`, { cause: error }));
      else resolve(stdout);
    });
    child.stdin?.end(input);
  });
}
