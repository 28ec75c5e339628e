// The alerts and the dashboard in deploy/ use metrics that exist, and each alert has a section of docs/monitoring.md.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SERVER_FLAGS } from '../server-flags.mjs';
import { metricsBySection } from './doc-tables.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const METRICS = Object.assign({}, ...Object.values(metricsBySection())) as ReturnType<typeof metricsBySection>[string];
/** Written by Prometheus for each target. */
const OF_PROMETHEUS = ['up'];
const METRIC = /\b(?:vitrine|http|process|nodejs)_[a-z0-9_]+\b/g;

function isKnown(name: string): boolean {
  if (OF_PROMETHEUS.includes(name) || name in METRICS) return true;
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return METRICS[base]?.kind === 'histogram';
}

/** Finds `metric{label=…}` and `by (label)`, and checks the labels of each metric. */
function listUnknownLabels(expression: string): string[] {
  return [...expression.matchAll(/\b([a-z]+_[a-z0-9_]+)\{([^}]*)\}/g)].flatMap(([, name = '', selectors = '']) => {
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    const known = ['instance', 'job', 'le', ...Object.keys((METRICS[name] ?? METRICS[base])?.labels ?? {})];
    return [...selectors.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)]
      .map(([, label = '']) => label)
      .filter((label) => !known.includes(label));
  });
}

describe('deploy/prometheus/alerts.yml', () => {
  const text = read('deploy/prometheus/alerts.yml');
  const alerts = [...text.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);

  test('uses known metrics and labels', () => {
    const rules = text.replaceAll(/^ *runbook:.*$/gm, '');
    expect(alerts.length).toBeGreaterThan(10);
    expect([...rules.matchAll(METRIC)].map(([name]) => name).filter((name) => !isKnown(name))).toEqual([]);
    expect(listUnknownLabels(rules)).toEqual([]);
  });

  test('points each alert to its section of docs/monitoring.md', () => {
    const page = read('docs/monitoring.md');
    for (const alert of alerts) {
      expect(text).toContain(`runbook: docs/monitoring.md#${alert.toLowerCase()}`);
      expect(page).toContain(`\n### ${alert}\n`);
    }
    expect([...page.matchAll(/^### (Vitrine\w+)$/gm)].map(([, name]) => name)).toEqual(alerts);
  });
});

describe('deploy/grafana/vitrine.json', () => {
  type Panel = { id: number; title: string; type: string; targets?: { expr: string }[] };
  const { panels, templating } = JSON.parse(read('deploy/grafana/vitrine.json')) as {
    panels: Panel[];
    templating: { list: { name: string }[] };
  };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  test('uses known metrics, labels and variables', () => {
    expect(expressions.length).toBeGreaterThan(30);
    const names = expressions.flatMap((expr) => expr.match(METRIC) ?? []);
    expect(names.filter((name) => !isKnown(name))).toEqual([]);
    expect(expressions.flatMap(listUnknownLabels)).toEqual([]);
    const variables = templating.list.map(({ name }) => name);
    for (const [, name = ''] of JSON.stringify(panels).matchAll(/\$\{?([a-z]\w*)/g)) expect(variables).toContain(name);
  });

  test('rates counters and nothing else', () => {
    for (const expr of expressions) {
      for (const [, name = ''] of expr.matchAll(/\brate\(([a-z0-9_]+)/g)) {
        expect(METRICS[name]?.kind ?? 'histogram').toMatch(/counter|histogram/);
      }
    }
  });

  test('has panels with ids of their own', () => {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('deploy/Containerfile starts the server with its flags', () => {
  const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(read('deploy/Containerfile')) ?? [];
  expect(JSON.parse(entrypoint)).toEqual(['node', ...SERVER_FLAGS, 'scripts/vitrine.ts']);
});
