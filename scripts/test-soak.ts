// The tests that get better with time, at length: npm run test:soak, or only some parts: npm run test:soak -- replicas. Their figures stand in the output.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runVitest } from './test-parts.ts';

const { VITRINE_SOAK_SECONDS = '600', VITRINE_SOAK_KILLS = '300' } = process.env;

const PARTS = [
  {
    key: 'hostile',
    name: '100,000 random requests over the wire',
    config: 'vitest.config.ts',
    file: 'lib/distribution/http/hostile-requests.db.test.ts',
  },
  {
    key: 'hostile-api',
    name: 'every hostile value in every field of the API',
    config: 'vitest.config.ts',
    file: 'lib/api/rest/hostile-input.db.test.ts',
  },
  {
    key: 'relevance',
    name: 'search quality by all queries',
    config: 'vitest.config.ts',
    file: 'lib/search/relevance/relevance.db.test.ts',
  },
  {
    key: 'garbage',
    name: `garbage collection beside pushes, mounts, deletes and pulls for ${VITRINE_SOAK_SECONDS} seconds`,
    config: 'vitest.config.ts',
    file: 'lib/distribution/garbage/collection-race.db.test.ts',
  },
  {
    key: 'model',
    name: `everything in any order and at the same time, against a model, for ${VITRINE_SOAK_SECONDS} seconds`,
    config: 'vitest.config.ts',
    file: 'lib/distribution/push/concurrency-model.db.test.ts',
  },
  {
    key: 'replicas-killed',
    name: `two processes on one store, killed at any moment, for ${VITRINE_SOAK_SECONDS} seconds`,
    config: 'vitest.config.ts',
    file: 'lib/distribution/push/killed-replicas.db.test.ts',
  },
  {
    key: 'backup',
    name: 'backups in every combination, and killed at several moments',
    config: 'vitest.config.ts',
    file: 'lib/backup/',
  },
  {
    key: 'kills',
    name: `${VITRINE_SOAK_KILLS} times kill -9 during pushes`,
    config: 'vitest.e2e.config.ts',
    file: 'e2e/start/kill-during-pushes.spec.ts',
  },
  {
    key: 'replicas',
    name: `replicas behind nginx drained and killed under load for ${VITRINE_SOAK_SECONDS} seconds`,
    config: 'vitest.e2e.config.ts',
    file: 'e2e/replicas/replicas.spec.ts',
  },
  {
    key: 'failover',
    name: 'a failover to a synchronous standby of PostgreSQL, and to one that lags behind',
    config: 'vitest.e2e.config.ts',
    file: 'e2e/failover/failover.spec.ts',
  },
  {
    key: 'upgrade',
    name: `a rolling upgrade from the previous release for ${VITRINE_SOAK_SECONDS} seconds, which needs the history of git`,
    config: 'vitest.e2e.config.ts',
    file: 'e2e/upgrade/upgrade.spec.ts',
  },
  {
    key: 'packages',
    name: 'the container image: built on Debian, run without rights, and pushed to itself; and the Debian package',
    config: 'vitest.e2e.config.ts',
    file: 'e2e/packages/',
  },
  {
    key: 'strangers',
    name: `manifest pulls beside three clients that try to break the site for ${VITRINE_SOAK_SECONDS} seconds`,
    config: 'vitest.e2e.config.ts',
    file: 'e2e/start/strangers.spec.ts',
  },
];

const wanted = process.argv.slice(2);
const usage = [
  'Usage: npm run test:soak -- [PART …]',
  '',
  ...PARTS.map(({ key, name }) => `  ${key.padEnd(18)} ${name}`),
].join('\n');
const unknown = wanted.find((key) => key !== '--help' && PARTS.every((known) => known.key !== key));
if (unknown !== undefined) {
  console.error(`Unknown part ${unknown}.\n\n${usage}`);
  process.exit(1);
}
if (wanted.includes('--help')) {
  console.log(usage);
  process.exit();
}

const reports = mkdtempSync(join(tmpdir(), 'vitrine-soak-'));
let failed = 0;
for (const { key, name, config, file } of PARTS) {
  if (wanted.length > 0 && !wanted.includes(key)) continue;
  console.log(`\n▸ ${name}`);
  const env = { VITRINE_SOAK_SECONDS, VITRINE_SOAK_KILLS };
  const counts = await runVitest({ label: key, config, reportPath: join(reports, 'report.json'), env, files: [file] });
  failed += counts.failed;
  console.log(`${counts.failed > 0 ? '✗' : '✓'} ${name}`);
}
rmSync(reports, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
