// How each kind of test tool is run, and how its report becomes counts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { findChromium } from '../e2e/find-chromium.ts';

export type PartResult = {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  /** Tests that did not run; their titles say why. */
  leftOut: string[];
  /** Titles of the tests that failed: said once more at the end, where a long log is read from. */
  failures: string[];
  /** Titles of the tests that passed only when they were tried again. */
  secondTries?: string[];
};
export type Counts = Omit<PartResult, 'name'>;
type Env = Record<string, string>;

/** A part that failed as a whole: nothing in it could be counted. */
export function failedWhole(why: string): Counts {
  return { passed: 0, failed: 1, skipped: 0, leftOut: [], failures: [why] };
}

const ROOT = join(import.meta.dirname, '..');
const MAX_REASON_LENGTH = 300;
const DRAIN_MS = 2_000;

/** Node keeps what it has compiled here: processes of servers and commands start in half the time. */
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/node-compile');

/** Runs a script of the dependencies under this Node. Its output comes line by line, after `label`. Answers the exit code. */
function run(args: string[], env: Env, label: string): Promise<number> {
  return new Promise((resolve, reject) => {
    // Tests choose their own environment: what a shell happens to have set must not reach the servers they start.
    const { DATABASE_URL: _database, DATA_DIR: _dataDir, PORT: _port, ...inherited } = process.env;
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...inherited, NODE_ENV: 'test', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => console.log(`${label} │ ${line}`));
    child.once('error', reject);
    // A server that a test left running may hold the pipes open.
    child.once('exit', () =>
      setTimeout(() => [child.stdout, child.stderr].forEach((pipe) => pipe.destroy()), DRAIN_MS),
    );
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** A tool without tests of its own counts as one. */
export async function runTool(label: string, args: string[]): Promise<Counts> {
  const code = await run(args, {}, label);
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0, leftOut: [], failures: [] }
    : failedWhole('it found problems');
}

type VitestTest = { fullName: string; status: string; failureMessages?: string[] };
type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: { name: string; status: string; assertionResults: VitestTest[] }[];
};

export type VitestRun = { label: string; config: string; reportPath: string; env: Env; files?: string[] };

export async function runVitest({ label, config, reportPath, env, files = [] }: VitestRun): Promise<Counts> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const code = await run(
    ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...reporters, ...files],
    env,
    label,
  );
  if (!existsSync(reportPath)) return failedWhole('it ended without a report');
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as VitestReport;
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const leftOut = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => fullName);
  // A file that could not even be loaded, or an error outside of any test, fails the run too.
  const failed = report.numFailedTests || (code === 0 ? 0 : 1);
  const failures = report.testResults.flatMap((file) => {
    const titles = file.assertionResults.filter(({ status }) => status === 'failed').map(toFailure);
    const isUnloaded = file.status === 'failed' && titles.length === 0;
    const path = relative(ROOT, file.name);
    return isUnloaded ? [`${path}: could not be run`] : titles.map((title) => `${path}: ${title}`);
  });
  return { passed: report.numPassedTests, failed, skipped: leftOut.length, leftOut, failures };
}

function toFailure({ fullName, failureMessages = [] }: VitestTest): string {
  const [firstLine = ''] = (failureMessages[0] ?? '').split('\n');
  return `${fullName} — ${firstLine.slice(0, MAX_REASON_LENGTH)}`;
}

type PlaywrightSuite = {
  title: string;
  suites?: PlaywrightSuite[];
  specs: {
    title: string;
    tests: { projectName: string; status: string; annotations: { type: string; description?: string }[] }[];
  }[];
};
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: PlaywrightSuite[];
  errors: unknown[];
};

export async function runPlaywright(reportPath: string, env: Env, files: string[] = []): Promise<Counts> {
  if (findChromium() === null) {
    const leftOut = ['browser tests, screenshots and Lighthouse (left out: Chromium not installed)'];
    return { passed: 0, failed: 0, skipped: 1, leftOut, failures: [] };
  }
  const args = ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json', ...files];
  const code = await run(args, { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportPath }, 'browser');
  if (!existsSync(reportPath)) return failedWhole('it ended without a report');
  const { stats, suites } = JSON.parse(readFileSync(reportPath, 'utf8')) as PlaywrightReport;
  const failed = stats.unexpected || (code === 0 ? 0 : 1);
  return {
    passed: stats.expected + stats.flaky,
    failed,
    skipped: stats.skipped,
    leftOut: suites.flatMap((suite) => listTests(suite, 'skipped')),
    failures: suites.flatMap((suite) => listTests(suite, 'unexpected')),
    secondTries: suites.flatMap((suite) => listTests(suite, 'flaky')),
  };
}

function listTests(suite: PlaywrightSuite, wanted: 'skipped' | 'unexpected' | 'flaky'): string[] {
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === wanted)
      .map(({ projectName, annotations }) => {
        const reason = annotations.find(({ type }) => type === 'skip')?.description;
        return `${projectName}: ${title}${reason ? ` (left out: ${reason})` : ''}`;
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => listTests(inner, wanted))];
}
