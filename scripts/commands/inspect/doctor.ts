import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Config } from '#lib/config.ts';
import { deriveAuthKeys } from '#lib/identity/credentials/auth-keys.ts';
import { print, type Command } from '../command.ts';
import { checkAddress } from './check-address.ts';
import { checkDatabase } from './check-database.ts';
import { checkKeys } from './check-keys.ts';
import { checkEmail, checkSearch, judgeUpstreams } from './check-services.ts';
import { checkSettings } from './check-settings.ts';
import { checkStorage } from './check-storage.ts';
import type { Finding } from './finding.ts';

/** 1 means that the command itself failed. */
const FOUND_PROBLEMS = 2;

export const doctorCommand: Command = {
  summary: 'Check settings, database, storage, keys, address, proxy, TLS and services. Exit code 2: something fails',
  options: {},
  run: async (values) => {
    const findings = await diagnose();
    const counts = { ok: 0, warn: 0, fail: 0 };
    for (const { state } of findings) counts[state] += 1;
    const summary = `${counts.ok} ok, ${counts.warn} warnings, ${counts.fail} failures`;
    print(values, { findings, ...counts }, [...findings.map(showFinding), '', summary]);
    if (counts.fail > 0) process.exitCode = FOUND_PROBLEMS;
  },
};

/** Without valid settings, nothing else can be checked. */
async function diagnose(): Promise<Finding[]> {
  const settings = checkSettings();
  if (settings.some(({ state }) => state === 'fail')) return settings;
  const config = readConfig();
  const { findings, siteId, upstreams } = await checkDatabase(config);
  const others = await Promise.all([
    checkStorage(config, siteId),
    checkKeys(config),
    checkAddress(config, findKey(config)),
    checkSearch(config),
    checkEmail(config),
  ]);
  return [...settings, ...findings, ...others.flat(), ...judgeUpstreams(upstreams)];
}

/** Null before the first start, which creates the secret. */
function findKey(config: Config): Uint8Array | null {
  const isThere = config.authSecret !== undefined || existsSync(join(config.dataDir, 'secrets', 'auth'));
  return isThere ? deriveAuthKeys(config).doctor : null;
}

function showFinding({ check, state, message, next }: Finding): string {
  const line = `${state.padEnd(4)}  ${check.padEnd(11)}  ${message}`;
  return next === undefined ? line : `${line}\n${' '.repeat(19)}${next}`;
}
