// Measures the gallery's pages: npm run bench:web -- [--repositories 100000] [--connections 4] [--data-dir DIR]
// Seeds a large gallery, requests its pages from the production server, then runs Lighthouse and a browser on them.
// With --data-dir the gallery is kept for the next run.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { createApp } from '#lib/create-app.ts';
import { readConfig } from '#lib/config.ts';
import { createLog } from '#lib/platform/log.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { measureInBrowser } from './measure-in-browser.ts';
import { measureLatency, type Latency } from './measure-latency.ts';
import { listPages, type PageKind } from './list-pages.ts';
import { seedGallery } from './seed-gallery.ts';
import { vacuum } from './seed-gallery.sql.ts';

const TAGS_OF_LARGEST = 10_000;
const REPEATS = 300;
const WARM_UP = 60;
const MS_PER_TICK = 10;

const { values } = parseArgs({
  options: {
    repositories: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '4' },
    'data-dir': { type: 'string' },
  },
});
const repositories = Number(values.repositories);
const connections = Number(values.connections);

async function main(): Promise<void> {
  const dataDir = values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'vitrine-bench-'));
  try {
    const pages = await prepareGallery(dataDir);
    const server = await startTestServer({ DATA_DIR: dataDir, DEMO: '0' });
    try {
      printMachine();
      await measurePages(server, pages);
      await measureInBrowser(server.url, pages);
    } finally {
      await server.stop();
    }
  } finally {
    if (values['data-dir'] === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Seeds the gallery unless it exists, and returns the pages to request. */
async function prepareGallery(dataDir: string): Promise<PageKind[]> {
  mkdirSync(dataDir, { recursive: true });
  const marker = join(dataDir, `seeded-${repositories}`);
  const app = await createApp(readConfig({ DATA_DIR: dataDir, NODE_ENV: 'production' }), createLog('warn', false));
  try {
    if (!existsSync(marker)) {
      const onStep = (step: string) => console.log(`▸ seeding ${step} …`);
      const gallery = await seedGallery(app, { repositories, tags: TAGS_OF_LARGEST, onStep });
      onStep('search');
      await rebuildSearch(app, () => undefined);
      await vacuum(app.pool);
      writeFileSync(marker, JSON.stringify(gallery));
    }
    return await listPages(
      app.pool,
      JSON.parse(readFileSync(marker, 'utf8')) as Awaited<ReturnType<typeof seedGallery>>,
    );
  } finally {
    await app.close();
  }
}

function printMachine(): void {
  const [cpu] = cpus();
  console.log(
    `\n${cpus().length} × ${cpu?.model.trim()}, Node.js ${process.versions.node}, client on the same machine`,
  );
  console.log(`${repositories} repositories, ${connections} connections; milliseconds to the last byte of the HTML\n`);
}

/**
 * First: different pages, each once. Repeated: one page many times, the largest of its kind. CPU: the server's CPU time
 * per repeated page, without PostgreSQL, which depends little on other load.
 */
async function measurePages({ url, pid }: TestServer, pages: PageKind[]): Promise<void> {
  // Warm up the JIT compiler and the connection pool first.
  for (const { repeated } of pages) await measureLatency(url, Array<string>(WARM_UP).fill(repeated), connections);
  console.log(`${'page'.padEnd(22)}${column('first', 3)}${column('repeated', 3)}${column('CPU')}`);
  console.log(`${' '.repeat(22)}${['p50', 'p95', 'p99', 'p50', 'p95', 'p99'].map((name) => column(name)).join('')}`);
  for (const { name, first, repeated } of pages) {
    const once = await measureLatency(url, first, connections);
    const cpuBefore = readCpuMs(pid);
    const again = await measureLatency(url, Array<string>(REPEATS).fill(repeated), connections);
    const cpu = (readCpuMs(pid) - cpuBefore) / REPEATS;
    console.log(`${name.padEnd(22)}${row(once)}${row(again)}${column(cpu.toFixed(1))}`);
  }
}

/** User and system time so far. NaN without /proc. */
function readCpuMs(pid: number): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return NaN;
  const stat = readFileSync(path, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function column(text: string, columns = 1): string {
  return text.padStart(8 * columns);
}

function row({ p50, p95, p99 }: Latency): string {
  return [p50, p95, p99].map((time) => column(time.toFixed(1))).join('');
}

await main();
