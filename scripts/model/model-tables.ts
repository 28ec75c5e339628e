import type { MeasuredCosts, OperationCost } from './costs.ts';
import { ASSUMED, needOf, rankResources, SITE_SHAPES, SITES, type SiteResource, type SiteShape } from './tiers.ts';

const RESOURCE_NAMES: Record<SiteResource, string> = {
  serverCores: 'server cores',
  databaseCores: 'database cores',
  networkGbit: 'network',
  bucketReadsPerSecond: 'reads of the bucket',
};

const OPERATION_NAMES: Record<keyof MeasuredCosts['operations'], string> = {
  token: 'token, cold',
  manifest: 'manifest, cached',
  uncachedManifest: 'manifest, missing tag',
  redirect: 'blob, redirected',
  sentMegabyte: 'blob, each MB sent',
  push: 'push of 1 MB',
};

/** The tables of docs/scaling.md, by the name in their markers. */
export function modelTables(costs: MeasuredCosts): Record<'costs' | 'sites' | 'shapes', string> {
  return { costs: costsTable(costs), sites: sitesTable(costs), shapes: shapesTable(costs) };
}

function costsTable({ operations }: MeasuredCosts): string {
  const rows = Object.entries(operations).map(
    ([name, { serverMs, databaseMs, databaseCalls }]: [string, OperationCost]) => [
      OPERATION_NAMES[name as keyof typeof OPERATION_NAMES],
      ...[serverMs, databaseMs, databaseCalls].map((value) => value.toFixed(3)),
    ],
  );
  return table(['operation', 'server CPU, ms', 'database CPU, ms', 'database calls'], rows);
}

function sitesTable(costs: MeasuredCosts): string {
  const rows = SITES.map(({ name, pullsPerDay }) => {
    const bytesBy = leastShape(costs, pullsPerDay)?.bytesBy ?? 'cdn';
    const need = needOf(costs, pullsPerDay, bytesBy);
    const values = [
      ...[need.requestsPerSecond, need.serverCores, need.databaseCores, need.databaseCallsPerSecond],
      ...[need.gbitPerSecond, need.databaseGigabytesPerYear],
    ];
    return [name, millions(pullsPerDay), bytesBy, ...values.map((value) => significant(value))];
  });
  const needs = ['requests/s', 'server cores', 'database cores', 'database calls/s', 'Gbit/s', 'database GB/year'];
  return table(['site', 'pulls a day', 'blobs from', ...needs], rows);
}

function shapesTable(costs: MeasuredCosts): string {
  const rows = SITE_SHAPES.map((shape) => {
    const [first, second] = rankResources(costs, shape);
    if (!first || !second) throw new Error('a shape has two resources');
    return [
      ...[shape.name, RESOURCE_NAMES[first.resource], millions(first.pullsPerDay)],
      ...[RESOURCE_NAMES[second.resource], millions(second.pullsPerDay)],
    ];
  });
  return table(['shape', 'runs out first', 'at pulls a day', 'then', 'at pulls a day'], rows);
}

/** The smallest shape that carries so many pulls, or undefined. */
function leastShape(costs: MeasuredCosts, pullsPerDay: number): SiteShape | undefined {
  return SITE_SHAPES.find((shape) => (rankResources(costs, shape)[0]?.pullsPerDay ?? 0) >= pullsPerDay);
}

function millions(pullsPerDay: number): string {
  return Number.isFinite(pullsPerDay) ? `${significant(pullsPerDay / 1e6)} M` : 'no limit';
}

function significant(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 2 });
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The values that the model assumes, for its output. */
export function describeAssumptions(): string {
  return Object.entries(ASSUMED)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

const MARKED = /(<!-- model: (\w+) -->\n)[^]*?(<!-- end -->)/g;

/** Fills in every marked table of a Markdown page. */
export function fillModelTables(page: string, costs: MeasuredCosts): string {
  const tables: Record<string, string> = modelTables(costs);
  return page.replace(MARKED, (_, start: string, name: string, end: string) => {
    const filled = tables[name];
    if (filled === undefined) throw new Error(`the model has no table ${name}`);
    return `${start}\n${filled}\n\n${end}`;
  });
}
