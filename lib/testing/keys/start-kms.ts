// A server with the API of AWS KMS for tests: local-kms. It checks no signatures, and listens on every interface of the machine.
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { untilListening } from '#lib/testing/until-listening.ts';
import { findGoTool, type GoTool } from '../../../e2e/clients/go-tools.ts';

/** Settings for readConfig, without a key. */
export type KmsSettings = Record<'KMS_ENDPOINT' | 'KMS_REGION' | 'KMS_ACCESS_KEY_ID' | 'KMS_SECRET_ACCESS_KEY', string>;

export type KmsServer = {
  settings: KmsSettings;
  client: KMSClient;
  /** Creates a key, and returns its ARN. */
  createKey: () => Promise<string>;
  stop: () => Promise<void>;
};

export function findKmsServer(): Promise<GoTool> {
  return findGoTool('local-kms');
}

export async function startKms(): Promise<KmsServer> {
  const { path, absent } = await findKmsServer();
  if (path === null) throw new Error(absent);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-kms-'));
  const port = await findFreePort();
  const env = {
    NODE_ENV: 'test' as const,
    PORT: String(port),
    KMS_DATA_PATH: folder,
    KMS_REGION: 'us-east-1',
    KMS_ACCOUNT_ID: '111122223333',
  };
  const child = spawn(path, { env, stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  child.unref();
  const exited = once(child, 'exit');
  await untilListening(port, child);
  const settings = {
    KMS_ENDPOINT: `http://127.0.0.1:${port}`,
    KMS_REGION: 'us-east-1',
    KMS_ACCESS_KEY_ID: 'vitrine-tests',
    KMS_SECRET_ACCESS_KEY: 'not-so-secret',
  };
  const credentials = { accessKeyId: 'vitrine-tests', secretAccessKey: 'not-so-secret' };
  const client = new KMSClient({ endpoint: settings.KMS_ENDPOINT, region: 'us-east-1', credentials });
  return {
    settings,
    client,
    createKey: async () => {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
      if (KeyMetadata?.Arn === undefined) throw new Error('no key was created');
      return KeyMetadata.Arn;
    },
    stop: async () => {
      client.destroy();
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
