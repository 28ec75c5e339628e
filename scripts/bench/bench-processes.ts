// Measures how much pages delay pulls: npm run bench:processes [-- PROCESSES…].
// Pulls one manifest at a steady pace while nothing else happens, and again while visitors load pages as fast as they can.
import { parseArgs } from 'node:util';
import { pullSteadily, type Latencies } from '../../e2e/start/steady-puller.ts';
import { startTestServer } from '../test-server.ts';

const DEFAULT_PROCESSES = ['1', '4'];
const PACE = { perSecond: 200, durationMs: 15_000 };
const VISITORS = 8;
const PAGES = ['/', '/search?q=linux', '/search?kind=chart'];

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const rows = [];
  for (const processes of positionals.length > 0 ? positionals : DEFAULT_PROCESSES) rows.push(await measure(processes));
  console.table(rows);
}

async function measure(processes: string): Promise<Record<string, string | number>> {
  // No two visitors share a turn, so that pages are rendered as fast as the machine can.
  const server = await startTestServer({ PROCESSES: processes, PROXIES: '1' });
  try {
    const url = await findManifest(server.url);
    await pullSteadily({ url, perSecond: PACE.perSecond, durationMs: 3_000 });
    const idle = await pullSteadily({ url, ...PACE });
    const visit = startVisits(server.url);
    const busy = await pullSteadily({ url, ...PACE });
    const pages = await visit.end();
    return { processes, ...describe('idle', idle), ...describe('pages', busy), 'pages/s': Math.round(pages / 15) };
  } finally {
    await server.stop();
  }
}

function describe(when: string, { p50, p99, failed }: Latencies): Record<string, number> {
  return { [`${when} p50 ms`]: p50, [`${when} p99 ms`]: p99, [`${when} failed`]: failed };
}

/** The most pulled image of the demo gallery. */
async function findManifest(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/search?kind=image`);
  const { repositories } = (await answer.json()) as { repositories: { alias: string; name: string }[] };
  const [hit] = repositories;
  if (!hit) throw new Error('the demo gallery has no image');
  const tags = await fetch(`${url}/v2/${hit.alias}/${hit.name}/tags/list`);
  const listed = (await tags.json()) as { tags: string[] };
  return `${url}/v2/${hit.alias}/${hit.name}/manifests/${listed.tags[0] ?? 'latest'}`;
}

function startVisits(url: string): { end: () => Promise<number> } {
  let isOver = false;
  let pages = 0;
  const visitors = Array.from({ length: VISITORS }, async (_, visitor) => {
    for (let i = 0; !isOver; i += 1) {
      const headers = { 'x-forwarded-for': `198.51.100.${visitor + 1}` };
      const answer = await fetch(`${url}${PAGES[i % PAGES.length] ?? '/'}`, { headers });
      await answer.text();
      if (answer.status === 200) pages += 1;
    }
  });
  return {
    end: async () => {
      isOver = true;
      await Promise.all(visitors);
      return pages;
    },
  };
}

await main();
