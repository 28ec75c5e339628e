import { expect, test } from 'vitest';
import { defineMetrics, type MetricGroup } from './define-metrics.ts';
import { MetricsPage } from './metrics-page.ts';

const render = (group: MetricGroup<null>, timeoutMs = 50) => new MetricsPage([group], null, { timeoutMs }).render();

test('writes help, type and samples with escaped labels', async () => {
  const group = defineMetrics(
    {
      things_total: { kind: 'counter', help: 'Things', labels: { name: 'Any' } },
      size_bytes: { kind: 'gauge', help: 'Size' },
      unknown_bytes: { kind: 'gauge', help: 'Unknown' },
    },
    () => ({
      things_total: [{ labels: { name: 'a "b" \\ c\nd' }, value: 3 }],
      size_bytes: 12.5,
      unknown_bytes: null,
    }),
  );
  const text = await render(group);
  expect(text).toContain('# HELP things_total Things\n# TYPE things_total counter\n');
  expect(text).toContain('things_total{name="a \\"b\\" \\\\ c\\nd"} 3\n');
  expect(text).toContain('size_bytes 12.5\n');
  expect(text).not.toMatch(/^unknown_bytes/m);
  expect(text).toContain('vitrine_scrape_missing_groups 0\n');
});

test('adds up the buckets of a histogram', async () => {
  const group = defineMetrics({ took_seconds: { kind: 'histogram', help: 'Took' } }, () => ({
    took_seconds: [{ value: { bounds: [0.1, 1], buckets: [2, 3, 1], sum: 7.5 } }],
  }));
  const lines = (await render(group)).split('\n').filter((line) => line.startsWith('took_seconds'));
  expect(lines).toEqual([
    'took_seconds_bucket{le="0.1"} 2',
    'took_seconds_bucket{le="1"} 5',
    'took_seconds_bucket{le="+Inf"} 6',
    'took_seconds_sum 7.5',
    'took_seconds_count 6',
  ]);
});

test('counts values outside a label’s list as other, and drops labels that the row lacks', async () => {
  const group = defineMetrics({ done_total: { kind: 'counter', help: 'Done', labels: { by: ['us'] } } }, () => ({
    done_total: [
      { labels: { by: 'us', email: 'ada@example.org' }, value: 1 },
      { labels: { by: 'ada@example.org', email: '' }, value: 2 },
      { labels: { by: 'eve@example.org', email: '' }, value: 3 },
    ],
  }));
  const text = await render(group);
  expect(text).toContain('done_total{by="us"} 1\ndone_total{by="other"} 5\n');
  expect(text).not.toContain('example.org');
});

test.each([
  ['fails', () => Promise.reject(new Error('no database'))],
  ['hangs', () => new Promise<never>(() => undefined)],
])('leaves out a group that %s, and says so', async (_what, read) => {
  const broken = defineMetrics<null, 'broken_total'>({ broken_total: { kind: 'counter', help: 'Broken' } }, read);
  const works = defineMetrics({ works_total: { kind: 'counter', help: 'Works' } }, () => ({ works_total: 1 }));
  const text = await new MetricsPage([broken, works], null, { timeoutMs: 20 }).render();
  expect(text).not.toContain('broken_total');
  expect(text).toContain('works_total 1\n');
  expect(text).toContain('vitrine_scrape_missing_groups 1\n');
});

test('reads a slow group once in its time, and every other one at each scrape', async () => {
  let reads = 0;
  const read = () => ({ reads_total: (reads += 1) });
  const rows = { reads_total: { kind: 'counter', help: 'Reads' } } as const;
  const kept = new MetricsPage([defineMetrics(rows, read, { maxAgeMs: 60_000 })], null);
  expect([await kept.render(), await kept.render()].map((text) => /reads_total (\d)/.exec(text)?.[1])).toEqual([
    '1',
    '1',
  ]);
  const fresh = new MetricsPage([defineMetrics(rows, read)], null);
  expect([await fresh.render(), await fresh.render()].map((text) => /reads_total (\d)/.exec(text)?.[1])).toEqual([
    '2',
    '3',
  ]);
});

test('adds the samples of other processes, and takes what all say alike once', async () => {
  const histogram = { bounds: [1], buckets: [2, 1], sum: 4 };
  const group = defineMetrics(
    {
      done_total: { kind: 'counter', help: 'Done', labels: { by: 'Any' } },
      build_info: { kind: 'gauge', help: 'Build', merge: 'max' },
      took_seconds: { kind: 'histogram', help: 'Took' },
    },
    () => ({ done_total: [{ labels: { by: 'a' }, value: 1 }], build_info: 1, took_seconds: [{ value: histogram }] }),
  );
  const ofSite = defineMetrics({ rows_bytes: { kind: 'gauge', help: 'Rows' } }, () => ({ rows_bytes: 5 }), {
    isOfSite: true,
  });
  const page = new MetricsPage([group, ofSite], null);
  const other = JSON.parse(JSON.stringify(await page.collect())) as Awaited<ReturnType<typeof page.collect>>;
  expect(Object.keys(other)).not.toContain('rows_bytes');
  const text = await page.render(() => Promise.resolve([other, { done_total: [{ labels: { by: 'b' }, value: 7 }] }]));
  const expected = ['done_total{by="a"} 2', 'done_total{by="b"} 7', 'build_info 1', 'took_seconds_bucket{le="1"} 4'];
  expect(text.split('\n')).toEqual(expect.arrayContaining([...expected, 'took_seconds_sum 8', 'rows_bytes 5']));
  expect(text).toContain('vitrine_scrape_processes 3\n');
});
