// Manifest pulls while three clients try to break the site. Runs briefly and without a time limit on pulls, unless
// VITRINE_SOAK_SECONDS sets a duration.
import { randomInt } from 'node:crypto';
import { setPriority } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { createAttacks, type Account, type Attack } from './attacker.ts';
import { cleanUp, createSitePublisher, newSiteFolder, start } from './site-process.ts';
import { pullSteadily } from './steady-puller.ts';

const SOAK_MS = Number(process.env.VITRINE_SOAK_SECONDS ?? 0) * 1_000;
/** Alone, beside each of eleven attacks, beside a mix of them, and beside all of them at once. */
const PHASES = 14;
const DURATION_MS = SOAK_MS > 0 ? SOAK_MS / PHASES : 1_000;
const PULLS_PER_SECOND = 100;
const MAX_P99_MS = 50;
const ATTACKERS = 3;
/** Lowers the attackers' priority: on machines of their own they wouldn't compete for the site's cores. */
const LOW_PRIORITY = 10;
const PASSWORD = 'a password for tests';

let url: string;
let manifestUrl: string;
const attackers: Record<string, Attack>[] = [];

beforeAll(async () => {
  const [dataDir, port] = [newSiteFolder(), await findFreePort()];
  url = `http://127.0.0.1:${port}`;
  await start({ DATA_DIR: dataDir, PORT: String(port), PROXIES: '1' }).ready;
  const { cli, alias, secret } = await createSitePublisher(url, dataDir);
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = await buildImage({
    platform,
    created: '2026-01-02T03:04:05Z',
    layers: [[{ path: 'a', content: 'a' }]],
  });
  await createDistributionClient(url, secret).push(`${alias}/pulled`, image, ['latest']);
  setPriority(LOW_PRIORITY);
  manifestUrl = `${url}/v2/${alias}/pulled/manifests/latest`;
  for (let i = 0; i < ATTACKERS; i += 1) {
    const account = await createAccount(cli, `attacker-${i}@example.org`);
    attackers.push(await createAttacks(url, `203.0.113.${i + 1}`, account));
  }
}, 240_000);
afterAll(() => cleanUp(), 120_000);

async function createAccount(cli: (...args: string[]) => Promise<string>, email: string): Promise<Account> {
  await cli('user', 'create', '--email', email, '--password', PASSWORD);
  const scopes = ['push', 'api:write'].flatMap((scope) => ['--scope', scope]);
  const { secret } = JSON.parse(await cli('token', 'create', '--email', email, ...scopes, '--json')) as {
    secret: string;
  };
  const me = await fetch(`${url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  const { registries } = (await me.json()) as { registries: { registryId: string; aliases: { name: string }[] }[] };
  const { registryId = '', aliases = [] } = registries[0] ?? {};
  return { email, password: PASSWORD, secret, registryId, alias: aliases[0]?.name ?? '' };
}

type Tally = Record<string, Record<string, number>>;

/** Starts one loop per client and list of attacks. A loop repeats a random attack of its list until `end`, which returns outcomes by attack. */
function startAttacks(lists: string[][]) {
  const tally: Tally = {};
  const ending = new AbortController();
  const repeat = async (attacks: Record<string, Attack>, names: string[]) => {
    while (!ending.signal.aborted) {
      const name = names[randomInt(names.length)] ?? '';
      const outcome = await attacks[name]?.(ending.signal).catch((error: unknown) => String(error).slice(0, 80));
      const counts = (tally[name] ??= {});
      if (!ending.signal.aborted && outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  const running = attackers.flatMap((attacks) => lists.map((names) => repeat(attacks, names)));
  const end = async () => {
    ending.abort();
    await Promise.all(running);
    return tally;
  };
  return { end };
}

async function measure(what: string, lists: string[][]) {
  const attacks = startAttacks(lists);
  const latencies = await pullSteadily({ url: manifestUrl, perSecond: PULLS_PER_SECOND, durationMs: DURATION_MS });
  const tally = await attacks.end();
  console.log(`pulls ${what}, in ms: ${JSON.stringify(latencies)}; attackers: ${JSON.stringify(tally)}`);
  expect(latencies.failed).toBe(0);
  expect(Object.values(tally).flatMap(Object.keys)).not.toContain('500');
  return latencies;
}

const soak = { timeout: SOAK_MS + 180_000 };

test('pulls stay fast while clients run the most expensive requests', soak, async () => {
  const names = Object.keys(attackers[0] ?? {});
  await measure('alone', []);
  if (SOAK_MS > 0) for (const name of names) await measure(`beside ${ATTACKERS} clients: ${name}`, [[name]]);
  const { p99 } = await measure(`beside ${ATTACKERS} clients, each a random attack after another`, [names]);
  // Reported only: 33 attacks at a time keep both cores of a small machine busy by themselves.
  await measure(
    `beside ${ATTACKERS} clients, each all attacks at once`,
    names.map((name) => [name]),
  );
  if (SOAK_MS > 0) expect(p99).toBeLessThanOrEqual(MAX_P99_MS);
});
