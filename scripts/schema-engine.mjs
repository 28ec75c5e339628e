#!/usr/bin/env node
// Prisma's schema engine as a JSON-RPC server on standard input and output, as the CLI expects it, using the engine's
// WebAssembly build. Runs only when the native engine wasn't downloaded (docs/decisions/0005-prisma-offline.md).
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const CHAR_OID = 18;
const BPCHAR_OID = 1042;

// @prisma/adapter-pg 7.10.0 doesn't know the catalog type "char" (pg_constraint.contype and others). Reads it as
// bpchar, then readCharColumns restores the column type that the engine expects.
const handleRowDescription = pg.Query.prototype.handleRowDescription;
pg.Query.prototype.handleRowDescription = function (message) {
  for (const field of message.fields) {
    if (field.dataTypeID === CHAR_OID) Object.assign(field, { dataTypeID: BPCHAR_OID, isChar: true });
  }
  return handleRowDescription.call(this, message);
};

const readCharColumns = (connection) => {
  const charColumns = new WeakMap();
  const performIO = connection.performIO.bind(connection);
  const queryRaw = connection.queryRaw.bind(connection);
  connection.performIO = async (query) => {
    const result = await performIO(query);
    charColumns.set(query, result.fields?.flatMap((field, i) => (field.isChar ? [i] : [])) ?? []);
    return result;
  };
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const i of charColumns.get(query) ?? []) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  // The stock adapter splits scripts at every semicolon, even within function bodies. The server runs whole scripts.
  connection.executeScript = async (script) => {
    await connection.client.query(script);
  };
  return connection;
};

const args = process.argv.slice(2);
const option = (name) => args.flatMap((arg, i) => (arg === name ? [args[i + 1]] : []));
const datasource = JSON.parse(option('--datasource')[0] ?? '{}');
const datamodels = option('--datamodels').map((path) => [path, readFileSync(path, 'utf8')]);
// Some commands pass no model, but the engine needs one to know the provider.
if (datamodels.length === 0) datamodels.push(['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n']);

const databaseConfig = (database) => {
  const url = new URL(datasource.url);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: database ?? decodeURIComponent(url.pathname.slice(1)),
  };
};

const withServer = async (sql) => {
  const client = new pg.Client(databaseConfig('postgres'));
  await client.connect();
  await client.query(sql).finally(() => client.end());
};

/** The stock adapter, with a shadow database per connection that is dropped when its connection closes. */
class Adapter extends PrismaPg {
  async connect() {
    return readCharColumns(await super.connect());
  }

  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${randomUUID()}`;
    await withServer(`CREATE DATABASE "${name}"`);
    const connection = readCharColumns(await new PrismaPg(databaseConfig(name)).connect());
    const dispose = connection.dispose.bind(connection);
    connection.dispose = async () => {
      await dispose();
      await withServer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return connection;
  }
}

const fatal = (error, code = 'P1001') => {
  process.stderr.write(
    `${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: { message: error.message, error_code: code } })}\n`,
  );
  process.exit(1);
};

const cli = args.indexOf('cli');
if (cli >= 0) {
  const probe = new pg.Client(databaseConfig());
  const [command] = args.slice(cli + 1);
  try {
    if (command === 'can-connect-to-database') await probe.connect().then(() => probe.end());
    else if (command === 'create-database') await withServer(`CREATE DATABASE "${databaseConfig().database}"`);
    else throw new Error(`unknown command ${command}`);
    process.exit(0);
  } catch (error) {
    fatal(error, { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1000' }[error.code] ?? 'P1001');
  }
}

globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    process.stderr.write(`${message}\n`);
  },
};
const require = createRequire(import.meta.url);
const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const wasmFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm');
const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile), { './schema_engine_bg.js': bindings });
bindings.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

let enginePromise;
const engine = () =>
  (enginePromise ??= bindings.SchemaEngine.new(
    { datamodels },
    () => {},
    bindMigrationAwareSqlAdapterFactory(new Adapter(databaseConfig())),
  ));

const RENAMED = { getDatabaseVersion: 'version' };
const answer = async ({ id, method, params }) => {
  const reply = { id, jsonrpc: '2.0' };
  try {
    const target = await engine();
    const result = await target[RENAMED[method] ?? method](params ?? undefined);
    if (method === 'diff' && result.stdout) process.stdout.write(print(result.stdout));
    return { ...reply, result: result ?? null };
  } catch (error) {
    const message = error?.message ?? String(error);
    return {
      ...reply,
      error: {
        code: 4466,
        message: 'An error happened. Check the data field for details.',
        data: { is_panic: false, message, meta: null, error_code: error?.code ?? null },
      },
    };
  }
};
let printId = 0;
const print = (content) =>
  `${JSON.stringify({ jsonrpc: '2.0', id: `print-${printId++}`, method: 'print', params: { content } })}\n`;

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.method) process.stdout.write(`${JSON.stringify(await answer(request))}\n`);
}
process.exit(0);
