// Starts a whole App on its own database, with the distribution edge on a free port. For tests only.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { App } from '#lib/app.ts';
import { createApp } from '#lib/create-app.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { createUser } from '#lib/identity/accounts/create-user.ts';
import { findTokenHolder } from '#lib/identity/credentials/find-token-holder.ts';
import { NO_REQUEST, type SiteRole, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { readConfig } from '#lib/config.ts';
import { createLimitedServer, type ConnectionLimits } from '#lib/platform/http/limited-server.ts';
import { stampRequest } from '#lib/platform/http/requests.ts';
import { createLog } from '#lib/platform/log.ts';
import { handleAwsRequest, isAwsRequest } from '#lib/api/aws/http/handle-aws-request.ts';
import { handleDistributionRequest } from '#lib/distribution/http/handle-distribution-request.ts';
import { sendStalled } from '#lib/distribution/http/send-error.ts';
import { startWorker } from '#lib/worker.ts';

export type TestUser = {
  caller: UserCaller;
  email: string;
  password: string;
  /** Default alias of the user's own registry. */
  alias: string;
  /** An access token that may pull, push and delete everywhere its user may. */
  token: string;
};

export type TestApp = {
  app: App;
  /** `http://127.0.0.1:PORT` of the distribution edge. */
  url: string;
  host: string;
  createUser: (options?: { role?: SiteRole; scopes?: string[] }) => Promise<TestUser>;
  /** Starts the background worker, which close() stops. */
  startWorker: () => Promise<void>;
  close: () => Promise<void>;
};

/** Clones a database that vitest.global-setup.ts migrates once per run. */
export async function createTestApp(env: Record<string, string> = {}, limits?: ConnectionLimits): Promise<TestApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-test-'));
  const databaseUrl = await cloneDatabase(inject('templateUrl'));
  const server = createLimitedServer(sendStalled, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  const config = readConfig({
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    // Shows why a request failed unexpectedly. Warnings are part of many tests.
    LOG_LEVEL: 'error',
    // Tests look into files. Sealed storage passes the same contracts (blobs/compositions.test.ts).
    SEALED_STORAGE: '0',
    ...env,
  });
  const app = await createApp(config, createLog(config.logLevel, false));
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    stampRequest(req, config);
    const isAws = isAwsRequest(req);
    app.requests.begin(res, isAws ? 'aws' : 'registry');
    const handle = () => void (isAws ? handleAwsRequest : handleDistributionRequest)(app, req, res);
    if (app.tracing) app.tracing.serve(req, isAws ? 'aws' : 'registry', handle);
    else handle();
    app.requests.watch(res);
  };
  server.on('request', answer).on('checkContinue', answer);
  let stopWorker: (() => Promise<void>) | null = null;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    createUser: (options = {}) => createTestUser(app, options),
    startWorker: async () => {
      stopWorker = await startWorker(app);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await stopWorker?.();
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function createTestUser(app: App, options: { role?: SiteRole; scopes?: string[] }): Promise<TestUser> {
  const email = `user-${randomUUID()}@example.org`;
  const password = 'correct horse battery';
  const { userId } = await createUser(app, {
    email,
    password,
    displayName: 'Test User',
    caller: SYSTEM_CALLER,
    role: options.role ?? 'user',
  });
  const holder = await findTokenHolder(app, {
    userId,
    accessTokenId: null,
    accessKeyId: null,
    scopes: null,
    issuedAt: new Date(),
  });
  if (!holder) throw new Error('the created user was not found');
  const caller: UserCaller = { principal: holder.principal, context: { ...NO_REQUEST, address: '127.0.0.1' } };
  await ensureRegistry(app, { caller });
  const [registry] = await listRegistries(app, { userId });
  const { secret } = await createAccessToken(app, {
    caller,
    name: 'test',
    expiresInDays: 1,
    scopes: options.scopes ?? ['repository:*:pull,push,delete'],
  });
  return { caller, email, password, alias: registry?.primaryAlias ?? '', token: secret };
}

export function cloneDatabase(templateUrl: string): Promise<string> {
  return createDatabase(templateUrl, new URL(templateUrl).pathname.slice(1));
}

/** Creates a database without tables beside the template. */
export function createEmptyDatabase(templateUrl: string): Promise<string> {
  return createDatabase(templateUrl, 'template0');
}

async function createDatabase(templateUrl: string, template: string): Promise<string> {
  const url = new URL(templateUrl);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`).finally(() => client.end());
  url.pathname = `/${name}`;
  return url.href;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error("the server isn't listening");
  return address.port;
}
