// The generated parts of the docs. A comment such as `<!-- settings: PORT, HOST -->` marks where a table goes.
import { VARIABLES } from '#lib/config.ts';
import { METRIC_SECTIONS } from '#lib/create-metrics.ts';
import type { MetricRow } from '#lib/platform/metrics/define-metrics.ts';
import { PAGE_METRICS } from '#lib/platform/metrics/metrics-page.ts';
import { describeRuntimeMetrics } from '#lib/platform/metrics/process-metrics.ts';
import type { VariableRow } from '#lib/platform/config/variables.ts';
import { COMMANDS } from '../commands/commands.ts';
import type { Command } from '../commands/command.ts';

type TableKind = 'settings' | 'commands' | 'metrics';

const TABLE = /(<!-- (settings|commands|metrics): ([^>]+) -->\n)[^]*?(<!-- end -->)/g;
const SECTION = /^## (.+)$|<!-- settings: ([^>]+) -->/gm;

/** Fills in every marked table of a Markdown page. */
export function fillTables(page: string): string {
  return page.replace(TABLE, (_, start: string, kind: TableKind, names: string, end: string) => {
    return `${start}\n${TABLES[kind](names.split(', '))}\n\n${end}`;
  });
}

/** Lists the names that the page's tables of one kind contain. */
export function namesInTables(page: string, kind: TableKind): string[] {
  return [...page.matchAll(TABLE)].filter((match) => match[2] === kind).flatMap((match) => match[3]?.split(', ') ?? []);
}

/** Renders `.env.example` in the sections and the order of docs/settings.md. */
export function envExample(settingsPage: string): string {
  const lines = ['# Every setting with its default. Copy this file to .env. docs/settings.md explains the settings.'];
  let heading = '';
  for (const [, title, names] of settingsPage.matchAll(SECTION)) {
    if (title !== undefined) heading = title;
    if (names === undefined) continue;
    lines.push('', `# --- ${heading} ---`);
    for (const name of names.split(', ')) {
      const { doc, fallback, isSecret } = findSetting(name);
      const file = isSecret ? `; or set ${name}_FILE to a file that contains it` : '';
      lines.push('', `# ${doc}`, `# Default: ${fallback}${file}`, `#${name}=`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function settingsTable(names: string[]): string {
  const rows = names.map((name) => {
    const { doc, fallback, isSecret } = findSetting(name);
    return `| \`${name}\`${isSecret ? ' ¹' : ''} | ${doc} | ${fallback} |`;
  });
  return ['| variable | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function findSetting(name: string): VariableRow {
  const row = (VARIABLES as Record<string, VariableRow>)[name];
  if (!row) throw new Error(`docs/settings.md lists ${name}, which is not a setting.`);
  return row;
}

function commandsTable(names: string[]): string {
  const rows = names.map((name) => {
    const command = COMMANDS[name];
    if (!command) throw new Error(`docs/commands.md lists ${name}, which is not a command.`);
    return `| \`${[name, ...requiredOptions(command)].join(' ')}\` | ${command.summary} | ${optionalOptions(command)} |`;
  });
  return ['| command | what it does | more options |', '| --- | --- | --- |', ...rows].join('\n');
}

function requiredOptions({ argument, options }: Command): string[] {
  const required = Object.entries(options).filter(([, { isRequired }]) => isRequired);
  return [...(argument ? [argument.name] : []), ...required.map(([name, { value }]) => `--${name} ${value}`)];
}

function optionalOptions({ options, flags = {} }: Command): string {
  const optional = Object.keys(options).filter((name) => !options[name]?.isRequired);
  return [...optional, ...Object.keys(flags)].map((name) => `\`--${name}\``).join(' ');
}

const RUNTIME = 'Runtime';

/** Every metric, by the section of docs/metrics.md that lists it. */
export function metricsBySection(): Record<string, Record<string, MetricRow>> {
  const sections = Object.entries(METRIC_SECTIONS).map(([section, groups]) => {
    return [section, Object.assign({}, ...groups.map(({ rows }) => rows)) as Record<string, MetricRow>] as const;
  });
  return { ...Object.fromEntries(sections), Scrapes: PAGE_METRICS, [RUNTIME]: describeRuntimeMetrics() };
}

function metricsTable(names: string[]): string {
  const sections = metricsBySection();
  const rows = names.flatMap((name) => {
    const section = sections[name];
    if (!section) throw new Error(`docs/metrics.md lists ${name}, which is not a section of lib/create-metrics.ts.`);
    return Object.entries(section).map(([metric, { kind, help, labels = {} }]) => {
      return `| \`${metric}\` | ${kind} | ${Object.entries(labels).map(showLabel).join('; ')} | ${help} |`;
    });
  });
  return ['| metric | kind | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function showLabel([label, values]: [string, string | readonly string[]]): string {
  return typeof values === 'string' ? `\`${label}\`: ${values}` : `\`${label}\`: ${values.join(', ')}`;
}

const TABLES: Record<TableKind, (names: string[]) => string> = {
  settings: settingsTable,
  commands: commandsTable,
  metrics: metricsTable,
};
