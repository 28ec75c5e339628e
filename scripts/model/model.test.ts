import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCosts } from './costs.ts';
import { fillModelTables } from './model-tables.ts';
import { needOf, rankResources, SITE_SHAPES, usePerPull } from './tiers.ts';

const costs = readCosts();

it('has written the tables of docs/scaling.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8');
  // Prettier pads the cells.
  const squeeze = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').replaceAll(/\n+/g, '\n');
  expect(squeeze(page)).toBe(squeeze(fillModelTables(page, costs)));
  expect(page.match(/<!-- model: /g)).toHaveLength(3);
});

it('adds up the requests of a pull', () => {
  const free = { serverMs: 0, databaseMs: 0, databaseCalls: 0 };
  const each = { token: free, manifest: free, uncachedManifest: free, redirect: free, sentMegabyte: free, push: free };
  const only = (name: keyof typeof each) => ({
    ...costs,
    operations: { ...each, [name]: { serverMs: 1, databaseMs: 2, databaseCalls: 3 } },
  });
  expect(usePerPull(only('token'), 'site').serverCores).toBeCloseTo(0.001);
  expect(usePerPull(only('sentMegabyte'), 'site').databaseCores).toBeCloseTo(0.06);
  expect(usePerPull(only('sentMegabyte'), 'cdn').serverCores).toBe(0);
  expect(usePerPull(only('redirect'), 'bucket').serverCores).toBeCloseTo(0.006);
  // One push of 30 MB for 200 pulls.
  expect(usePerPull(only('push'), 'cdn').serverCores).toBeCloseTo(0.000_15, 6);
  expect(usePerPull(costs, 'site').bucketReadsPerSecond).toBe(6);
  // 86.4 million pulls a day are 1,000 a second, and 3,000 at the peak.
  expect(needOf(only('token'), 86_400_000, 'site')).toMatchObject({ serverCores: 6, databaseCallsPerSecond: 9_000 });
});

it('carries more with each larger shape', () => {
  const carried = SITE_SHAPES.map((shape) => rankResources(costs, shape)[0]?.pullsPerDay ?? 0);
  expect(carried).toEqual([...carried].sort((a, b) => a - b));
});
