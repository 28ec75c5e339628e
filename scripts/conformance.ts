// Runs the official OCI conformance suite against the distribution edge: node scripts/conformance.ts.
// The suite is a Go module that Go downloads and builds. Without Go it is skipped.
import { spawn } from 'node:child_process';
import { NO_REQUEST, SYSTEM_CALLER } from '#lib/access/schema.ts';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '#lib/app.ts';
import { createApp } from '#lib/create-app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { findTokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { findGoTool } from '../e2e/clients/go-tools.ts';
import type { Counts } from './test-parts.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';

/** The latest release of the spec and its successor. */
const SPEC_VERSIONS = ['stable', 'dev'] as const;

/** Every option of the suite, including those off by default in the latest release. */
const API_OPTIONS = [
  ...['PING', 'PULL', 'PUSH', 'REFERRER', 'TAGS_ATOMIC', 'TAGS_DELETE', 'TAGS_LIST'],
  ...['BLOBS_ATOMIC', 'BLOBS_DELETE', 'BLOBS_DIGEST_HEADER', 'BLOBS_MOUNT_ANONYMOUS', 'BLOBS_UPLOAD_CANCEL'],
  ...['MANIFESTS_ATOMIC', 'MANIFESTS_DELETE', 'MANIFESTS_DIGEST_HEADER', 'MANIFESTS_TAG_PARAM'],
];
const DATA_OPTIONS = [
  ...['IMAGE', 'INDEX', 'INDEX_LIST', 'SPARSE', 'ARTIFACT', 'SUBJECT', 'SUBJECT_MISSING', 'ARTIFACT_LIST'],
  ...['SUBJECT_LIST', 'DATA_FIELD', 'NONDISTRIBUTABLE', 'CUSTOM_FIELDS', 'NO_LAYERS', 'EMPTY_BLOB', 'SHA512'],
];
const ALL_OPTIONS = Object.fromEntries([
  ...API_OPTIONS.map((name) => [`OCI_API_${name}`, 'true']),
  ...DATA_OPTIONS.map((name) => [`OCI_DATA_${name}`, 'true']),
]) as Record<string, string>;

export async function runConformance(): Promise<Counts> {
  const suite = await findGoTool('conformance');
  if (suite.path === null) {
    const leftOut = [`OCI conformance suite (skipped: ${suite.absent})`];
    return { passed: 0, failed: 0, skipped: 1, leftOut, failures: [] };
  }
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-conformance-'));
  try {
    return await runSuite(suite.path, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runSuite(suite: string, folder: string): Promise<Counts> {
  const port = await findFreePort();
  const settings = { DATA_DIR: join(folder, 'data'), PORT: String(port), LOG_LEVEL: 'warn' };
  // The suite's sparse manifests include images.
  const config = readConfig({ ...settings, SPARSE_IMAGES: '1' });
  const app = await createApp(config, createLog(config.logLevel, false));
  const server = createServer((req, res) => void handleDistributionRequest(app, req, res));
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const account = await createAccount(app);
    const total: Counts = { passed: 0, failed: 0, skipped: 0, leftOut: [], failures: [] };
    for (const version of SPEC_VERSIONS) {
      const counts = await runVersion(suite, version, {
        ...ALL_OPTIONS,
        OCI_REGISTRY: `127.0.0.1:${port}`,
        OCI_TLS: 'disabled',
        OCI_REPO1: `${account.alias}/${version}/one`,
        OCI_REPO2: `${account.alias}/${version}/two`,
        OCI_USERNAME: 'conformance',
        OCI_PASSWORD: account.token,
        OCI_VERSION: version,
        OCI_LOG: 'error',
        OCI_RESULTS_DIR: join(folder, version),
      });
      total.passed += counts.passed;
      total.failed += counts.failed;
      if (counts.failed > 0) total.failures.push(`${version}: ${counts.failed} failed, skipped or disabled`);
    }
    return total;
  } finally {
    await closeServer(server);
    await app.close();
  }
}

async function createAccount(app: App): Promise<{ alias: string; token: string }> {
  const user = { email: 'conformance@example.org', password: 'correct horse battery', displayName: 'Conformance' };
  const { userId } = await createUser(app, { ...user, role: 'user', caller: SYSTEM_CALLER });
  const holder = await findTokenHolder(app, {
    userId,
    accessTokenId: null,
    accessKeyId: null,
    scopes: null,
    issuedAt: new Date(),
  });
  if (!holder) throw new Error('The created account was not found.');
  const caller = { principal: holder.principal, context: NO_REQUEST };
  await ensureRegistry(app, { caller });
  const [registry] = await listRegistries(app, { userId });
  const scopes = ['pull', 'push', 'delete'];
  const { secret } = await createAccessToken(app, { caller, name: 'conformance', scopes, expiresInDays: 1 });
  return { alias: registry?.primaryAlias ?? '', token: secret };
}

type Env = Record<string, string>;

/** All options are on, so a check that is skipped or disabled counts as failed. */
async function runVersion(suite: string, version: string, env: Env): Promise<{ passed: number; failed: number }> {
  const child = spawn(suite, [], {
    cwd: tmpdir(),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let report = '';
  child.stdout.on('data', (chunk: Buffer) => (report += chunk.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  const passed = readCount(report, 'Pass');
  const failed = readCount(report, 'FAIL') + readCount(report, 'Error');
  const skipped = readCount(report, 'Skip');
  const disabled = readCount(report, 'Disabled');
  const missed = failed + skipped + disabled;
  const isWhole = exitCode === 0 && passed > 0 && missed === 0;
  if (!isWhole) console.log(report);
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped, ${disabled} disabled`;
  console.log(`OCI conformance, ${version}: ${counts}`);
  return { passed, failed: isWhole ? 0 : Math.max(1, missed) };
}

/** Parses summary lines such as `  Pass..........................:        862`. */
function readCount(report: string, label: string): number {
  const match = new RegExp(`^ *${label}\\.+: +(\\d+)$`, 'm').exec(report);
  return Number(match?.[1] ?? 0);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

if (import.meta.main) {
  const { passed, failed, skipped, leftOut } = await runConformance();
  for (const name of leftOut) console.log(name);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
