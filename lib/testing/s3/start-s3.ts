// A real S3 server for tests: versitygw, with objects in a folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { untilListening } from '#lib/testing/until-listening.ts';
import { findGoTool, type GoTool } from '../../../e2e/clients/go-tools.ts';

const BUCKET = 'blobs';

/** Settings for readConfig. */
export type S3Settings = Record<
  'S3_ENDPOINT' | 'S3_BUCKET' | 'S3_REGION' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY',
  string
>;

export type S3Server = {
  port: number;
  settings: S3Settings;
  /** The bucket's folder. */
  folder: string;
  stop: () => Promise<void>;
};

export function findS3Server(): Promise<GoTool> {
  return findGoTool('versitygw');
}

export async function startS3(): Promise<S3Server> {
  const { path, absent } = await findS3Server();
  if (path === null) throw new Error(absent);
  const root = mkdtempSync(join(tmpdir(), 'vitrine-s3-'));
  const folder = join(root, 'data', BUCKET);
  for (const name of [folder, join(root, 'iam')]) mkdirSync(name, { recursive: true });
  const port = await findFreePort();
  const [access, secret] = ['vitrine-tests', 'not-so-secret'];
  const args = ['--access', access, '--secret', secret, '--port', `127.0.0.1:${port}`, '--iam-dir', join(root, 'iam')];
  const child = spawn(path, [...args, 'posix', join(root, 'data')], { stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  child.unref();
  const exited = once(child, 'exit');
  await untilListening(port, child);
  return {
    port,
    folder,
    settings: {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: BUCKET,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: access,
      S3_SECRET_ACCESS_KEY: secret,
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(root, { recursive: true, force: true });
    },
  };
}
