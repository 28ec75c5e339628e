// A real server with the API of Vault for tests: OpenBao in its development mode, with a transit engine and an AppRole.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { untilListening } from '#lib/testing/until-listening.ts';
import { findPythonTool, type PythonTool } from '../../../e2e/python-tools.ts';

const ROOT_TOKEN = 'root';
const POLICY = `
path "transit/keys/+" { capabilities = ["read"] }
path "transit/encrypt/+" { capabilities = ["update"] }
path "transit/decrypt/+" { capabilities = ["update"] }
path "transit/rewrap/+" { capabilities = ["update"] }
`;

export type VaultServer = {
  address: string;
  rootToken: string;
  /** As the operator. Resolves to the answer's `data`. */
  send: (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => Promise<Record<string, unknown>>;
  createKey: (name: string) => Promise<void>;
  /** Creates an AppRole that may use every transit key, or what `policy` allows. */
  createRole: (options: { ttlSeconds: number; policy?: string }) => Promise<{ roleId: string; secretId: string }>;
  stop: () => Promise<void>;
};

export function findVaultServer(): Promise<PythonTool> {
  return findPythonTool('bao');
}

export async function startVault(): Promise<VaultServer> {
  const { path, absent } = await findVaultServer();
  if (path === null) throw new Error(absent);
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-vault-'));
  const port = await findFreePort();
  const args = ['server', '-dev', `-dev-root-token-id=${ROOT_TOKEN}`, `-dev-listen-address=127.0.0.1:${port}`];
  const child = spawn(path, args, { stdio: 'ignore', env: { NODE_ENV: 'test' as const, HOME: folder } });
  process.once('exit', () => child.kill('SIGKILL'));
  child.unref();
  const exited = once(child, 'exit');
  await untilListening(port, child);
  const address = `http://127.0.0.1:${port}`;
  let roles = 0;

  const send: VaultServer['send'] = async (method, at, body) => {
    const response = await fetch(`${address}/v1/${at}`, {
      method,
      headers: { 'X-Vault-Token': ROOT_TOKEN, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${at}: ${response.status} ${text}`);
    if (text === '') return {};
    return (JSON.parse(text) as { data?: Record<string, unknown> }).data ?? {};
  };
  // The root token exists a moment after the port.
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isReady = await send('POST', 'sys/mounts/transit', { type: 'transit' }).then(
      () => true,
      () => false,
    );
    if (isReady) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await send('POST', 'sys/auth/approle', { type: 'approle' });
  return {
    address,
    rootToken: ROOT_TOKEN,
    send,
    createKey: async (name) => void (await send('POST', `transit/keys/${name}`, {})),
    createRole: async ({ ttlSeconds, policy = POLICY }) => {
      const name = `vitrine-${(roles += 1)}`;
      await send('PUT', `sys/policies/acl/${name}`, { policy });
      const lease = { token_ttl: ttlSeconds, token_max_ttl: ttlSeconds * 3 };
      await send('POST', `auth/approle/role/${name}`, { token_policies: [name], ...lease });
      const { role_id } = await send('GET', `auth/approle/role/${name}/role-id`);
      const { secret_id } = await send('POST', `auth/approle/role/${name}/secret-id`, {});
      return { roleId: String(role_id), secretId: String(secret_id) };
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
