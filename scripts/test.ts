// Everything that proves Vitrine, in one run: npm test. With --quick (npm run check) only what needs no database, and with
// files only those.
// The last line is `N passed, N failed, N skipped`; before it stands what was left out, and why, and what failed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGoTools } from '../e2e/clients/go-tools.ts';
import { runConformance } from './conformance.ts';
import { createSiteTemplate } from './site-template.ts';
import { readTestArguments, TEST_USAGE, type TestFiles, type TestRun } from './test-arguments.ts';
import { failedWhole, runPlaywright, runTool, runVitest, type Counts, type PartResult } from './test-parts.ts';
import { startTestServer } from './test-server.ts';

const results: PartResult[] = [];

async function part(name: string, run: () => Promise<Counts>): Promise<void> {
  const startedAt = Date.now();
  console.log(`\n▸ ${name}`);
  const result = await run().catch((error: unknown) => {
    console.error(error);
    return failedWhole(error instanceof Error ? error.message : String(error));
  });
  results.push({ name, ...result });
  const mark = result.failed > 0 ? '✗' : '✓';
  console.log(`${mark} ${name}: ${countLine(result)} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
}

function countLine({ passed, failed, skipped }: Pick<Counts, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Tests that start their own sites. */
const START_FOLDERS = ['e2e/start/', 'e2e/replicas/'];
const EXCEPT_STARTS = START_FOLDERS.map((folder) => `--exclude=${folder}**`);
const CACHE = 'node_modules/.cache';
const LINT = ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'];
const FORMAT = ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'];
const TYPES = ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.check.json'];

/** The inner loop: what needs no database, and only what changed where the tools can tell. */
async function quickParts(reports: string): Promise<void> {
  const others = async () => {
    const types = [...TYPES, '--incremental', '--tsBuildInfoFile', `${CACHE}/types.tsbuildinfo`];
    await part('types', () => runTool('types', types));
    await part('format', () => runTool('format', [...FORMAT, '--cache']));
    await part('unit and architecture', async () => {
      const counts = await runUnitTests(reports, { VITRINE_TESTS: 'quick' });
      const elsewhere = 'tests on a database, conformance, real clients, browser (left out: npm test runs them)';
      return { ...counts, leftOut: [...counts.leftOut, elsewhere] };
    });
  };
  const lint = [...LINT, '--cache', '--cache-location', `${CACHE}/eslint`];
  await Promise.all([part('lint', () => runTool('lint', lint)), others()]);
}

function runUnitTests(reports: string, env: Record<string, string>, files: string[] = []): Promise<Counts> {
  return runVitest({ label: 'unit', config: 'vitest.config.ts', reportPath: join(reports, 'unit.json'), env, files });
}

function runClientTests(
  reports: string,
  env: Record<string, string>,
  files: string[],
  label = 'clients',
): Promise<Counts> {
  const reportPath = join(reports, `${label}.json`);
  return runVitest({ label, config: 'vitest.e2e.config.ts', reportPath, env, files });
}

/**
 * Runs two parts at a time, because each waits for databases, clients and browsers half of the time. The longest come first, so that both
 * lanes end at about the same time.
 */
async function wholeParts(reports: string): Promise<void> {
  const template = await createSiteTemplate();
  try {
    const goTools = buildGoTools();
    const waiting: (() => Promise<void>)[] = [
      () => part('unit, contract and architecture', () => runUnitTests(reports, {})),
      () =>
        part('browser', () =>
          onSite((site) => runPlaywright(join(reports, 'browser.json'), { ...site, ...template.env })),
        ),
      () => part('starts and replicas', () => runClientTests(reports, template.env, START_FOLDERS, 'starts')),
      async () => {
        await goTools;
        await part('OCI conformance suite', runConformance);
        await part('registry clients and API', () =>
          onSite((site) => runClientTests(reports, { ...site, ...template.env }, EXCEPT_STARTS)),
        );
      },
      () => part('lint', () => runTool('lint', LINT)),
      () => part('types', () => runTool('types', TYPES)),
      () => part('format', () => runTool('format', FORMAT)),
    ];
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    };
    await Promise.all([lane(), lane()]);
  } finally {
    template.remove();
  }
}

/** Runs single files, with the same surroundings as in the whole run. */
async function fileParts(reports: string, { unit, clients, browser }: TestFiles): Promise<void> {
  if (unit.length > 0) await part('unit', () => runUnitTests(reports, {}, unit));
  if (clients.length + browser.length === 0) return;
  const template = await createSiteTemplate();
  try {
    const onTemplate = (work: (env: Record<string, string>) => Promise<Counts>) =>
      onSite((site) => work({ ...site, ...template.env }));
    if (clients.length > 0) {
      await buildGoTools();
      await part('registry clients and API', () => onTemplate((env) => runClientTests(reports, env, clients)));
    }
    if (browser.length > 0) {
      await part('browser', () => onTemplate((env) => runPlaywright(join(reports, 'browser.json'), env, browser)));
    }
  } finally {
    template.remove();
  }
}

/** Each part has a site of its own, so that neither finds what the other one pushes. */
async function onSite(work: (env: Record<string, string>) => Promise<Counts>): Promise<Counts> {
  // The least that has all kinds of processes.
  const server = await startTestServer({ PROCESSES: '2' });
  return work(server.env).finally(server.stop);
}

function runParts(run: TestRun, reports: string): Promise<void> {
  if (run.kind === 'files') return fileParts(reports, run.files);
  return run.kind === 'quick' ? quickParts(reports) : wholeParts(reports);
}

async function main(): Promise<void> {
  const run = readRun();
  if (run.kind === 'help') return console.log(TEST_USAGE);
  const reports = mkdtempSync(join(tmpdir(), 'vitrine-reports-'));
  try {
    await runParts(run, reports);
  } catch (error) {
    console.error(error);
    results.push({
      name: 'the test run itself',
      ...failedWhole(error instanceof Error ? error.message : String(error)),
    });
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  const sum = (count: (result: PartResult) => number) => results.reduce((total, result) => total + count(result), 0);
  const leftOut = results.flatMap((result) => result.leftOut);
  console.log(
    leftOut.length > 0 ? `\nLeft out:\n${leftOut.map((name) => `  - ${name}`).join('\n')}` : '\nNothing was left out.',
  );
  const secondTries = results.flatMap((result) =>
    (result.secondTries ?? []).map((title) => `${result.name}: ${title}`),
  );
  if (secondTries.length > 0) {
    console.log(`\nPassed only on the second try:\n${secondTries.map((title) => `  - ${title}`).join('\n')}`);
  }
  const failures = results.flatMap((result) => result.failures.map((title) => `${result.name}: ${title}`));
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map((title) => `  - ${title}`).join('\n')}`);
  const failed = sum((result) => result.failed);
  console.log(countLine({ passed: sum((result) => result.passed), failed, skipped: sum((result) => result.skipped) }));
  process.exit(failed > 0 ? 1 : 0);
}

function readRun(): TestRun {
  try {
    return readTestArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${TEST_USAGE}`);
    process.exit(1);
  }
}

await main();
