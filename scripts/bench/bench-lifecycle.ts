// Measures the plans of lifecycle policies: npm run bench:lifecycle -- [--images 10000,100000]. A plan reads every image of a
// repository, writes down what the policy takes, and sums what that frees. Runs and previews both start with one.
import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import type { createApp } from '#lib/create-app.ts';
import { planRun } from '#lib/images/lifecycle/plan-run.ts';
import { findLifecyclePreview } from '#lib/images/lifecycle/run-queries.ts';
import { parseLifecyclePolicy } from '#lib/repositories/lifecycle/parse-lifecycle-policy.ts';
import { createSitePublisher } from '../../e2e/start/site-process.ts';
import { startTestServer } from '../test-server.ts';
import { seedImages } from './bench-lifecycle.sql.ts';
import { withSiteApp } from './distribution/with-site-app.ts';

const ROUNDS = 5;
const MIB = 1024 * 1024;
const days = (countType: string, countNumber: number) => ({ countType, countUnit: 'days', countNumber });
/** Takes a few images, or most. */
const POLICIES = {
  few: [{ tagStatus: 'tagged', tagPatternList: ['v*'], ...days('sinceImagePushed', 23) }],
  most: [
    { tagStatus: 'tagged', tagPatternList: ['v*'], countType: 'imageCountMoreThan', countNumber: 10 },
    { tagStatus: 'untagged', ...days('sinceImagePushed', 1) },
    { tagStatus: 'any', ...days('sinceImagePulled', 2) },
  ],
};

const { values } = parseArgs({ options: { images: { type: 'string', default: '10000,100000' } } });
const counts = values.images.split(',').map(Number);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function main(): Promise<void> {
  const site = await startTestServer({ DEMO: '0' });
  try {
    const { email, cli } = await createSitePublisher(site.url, site.dataDir);
    const key = JSON.parse(await cli('access-key', 'create', '--email', email, '--json')) as { registryId: string };
    await withSiteApp(site.dataDir, async (app) => {
      for (const count of counts) {
        const repositoryId = await seedImages(app.pool, { registryId: key.registryId, count });
        for (const name of ['few', 'most'] as const) await measure(app, { repositoryId, count, name });
      }
    });
  } finally {
    await site.stop();
  }
}

type Measured = { repositoryId: bigint; count: number; name: keyof typeof POLICIES };

async function measure(app: Awaited<ReturnType<typeof createApp>>, { repositoryId, count, name }: Measured) {
  const rules = POLICIES[name].map((selection, i) => ({ rulePriority: i + 1, selection, action: { type: 'expire' } }));
  const text = JSON.stringify({ rules });
  const policy = parseLifecyclePolicy(text);
  const times: number[] = [];
  let peak = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed - before)), 2);
    const startedAt = performance.now();
    await planRun(app, { repositoryId, isPreview: true, text, policy });
    times.push(performance.now() - startedAt);
    clearInterval(timer);
  }
  const preview = await findLifecyclePreview(app, repositoryId);
  const taken = preview?.taken.reduce((sum, each) => sum + each.count, 0) ?? 0;
  const ms = (time = NaN) => `${Math.round(time)} ms`.padStart(9);
  times.sort((a, b) => a - b);
  console.log(
    `${String(count).padStart(8)} images, ${String(taken).padStart(6)} matched: median${ms(times[ROUNDS >> 1])}, slowest${ms(times.at(-1))}, heap +${Math.round(peak / MIB)} MiB`,
  );
}

await main();
