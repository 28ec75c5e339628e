// No entry point reaches a write without an access decision.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCodeGraph } from '#lib/testing/entries/code-graph.ts';
import { EXCEPTIONS } from '#lib/testing/entries/exceptions.ts';
import { findEntries, type EntryKind } from '#lib/testing/entries/find-entries.ts';
import { OPERATIONS } from '#lib/testing/entries/operations.ts';
import { walkEntries, type Walked } from '#lib/testing/entries/walk-entries.ts';
import { ACTIONS } from './actions.ts';

const ROOT = join(import.meta.dirname, '../..');

function walk(root: string, folders: string[]): Walked[] {
  const graph = readCodeGraph(root, folders);
  return walkEntries(graph, findEntries(graph), EXCEPTIONS).walked;
}

const listUndecided = (walked: Walked[]) =>
  walked.flatMap(({ entry, undecidedWrites }) => undecidedWrites.map((write) => `${entry.name}: ${write}`));

/** Pages and files with the same content for everyone. */
const PUBLIC_PAGES = [
  'app/[alias]/page.tsx generateMetadata',
  'app/api/accent/route.ts GET',
  // A signed link is the permission.
  'app/api/images/[mac]/[url]/route.ts GET',
  'app/api/logos/[id]/route.ts GET',
  'app/api/theme/route.ts POST',
  'app/api/unsubscribe/route.ts GET',
  'app/api/unsubscribe/route.ts POST',
  'app/dev/components/page.tsx generateMetadata',
  'app/error.tsx',
  'app/layout.tsx generateMetadata',
  'app/layout.tsx',
  'app/llms.txt/route.ts GET',
  'app/opensearch.xml/route.ts GET',
  'app/robots.ts',
  'app/search/page.tsx generateMetadata',
  'app/signin/oidc/route.ts GET',
  'app/sitemap.xml/route.ts GET',
];

describe('every entry point', () => {
  const graph = readCodeGraph(ROOT, ['app', 'components', 'lib', 'scripts', 'prisma/seed', 'server.ts']);
  const { walked, unusedExceptions } = walkEntries(graph, findEntries(graph), EXCEPTIONS);
  const operations = walked.filter(({ entry }) => entry.kind !== 'page');

  test('is found', () => {
    const counts: Partial<Record<EntryKind, number>> = {};
    for (const { entry } of walked) counts[entry.kind] = (counts[entry.kind] ?? 0) + 1;
    expect(operations.map(({ entry }) => entry.name).sort()).toEqual(Object.keys(OPERATIONS).sort());
    expect(counts.page).toBeGreaterThan(50);
    const writers = operations.filter(({ writes }) => writes).map(({ entry }) => entry.name);
    const some = ['PUT /v2/NAME/manifests/:reference', 'DELETE /aliases/{name}', 'vitrine alias grant'];
    expect(writers).toEqual(expect.arrayContaining([...some, 'app/console/actions.ts featureTagAction']));
  });

  test('authorizes before it writes', () => {
    expect(listUndecided(walked)).toEqual([]);
  });

  test('authorizes the action of its operation', () => {
    const others = operations.filter(({ entry, actions, isDecided }) => {
      const decider = OPERATIONS[entry.name] ?? 'anybody';
      return decider === 'anybody' || decider === 'site' ? isDecided : !actions.includes(decider);
    });
    expect(others.map(({ entry, actions }) => `${entry.name}: ${actions.join(' ')}`)).toEqual([]);
  });

  test('authorizes unless its content is public', () => {
    const undecided = walked.filter(({ entry, isDecided }) => entry.kind === 'page' && !isDecided);
    expect(undecided.map(({ entry }) => entry.name).sort()).toEqual([...PUBLIC_PAGES].sort());
  });

  test('has no unused exceptions', () => {
    expect(unusedExceptions).toEqual([]);
  });

  test('together cover every action', () => {
    const asked = new Set(walked.flatMap(({ actions }) => actions));
    expect(Object.keys(ACTIONS).filter((action) => !asked.has(action))).toEqual([]);
  });
});

test('reports an entry point that writes without a decision', () => {
  const walked = walk(join(ROOT, 'lib/testing/fixtures/planted-entries'), ['app', 'lib']);
  const write = 'lib/publishers/rename-publisher.ts write';
  expect(listUndecided(walked)).toEqual([
    `app/actions.ts unguarded: ${write}`,
    `app/actions.ts tooEarly: ${write}`,
    `app/actions.ts guardedByAnother: ${write}`,
    'app/actions.ts bySql: lib/publishers/rename-publisher.ts RENAME_BY_HAND',
    `PUT /any: ${write}`,
    `PUT /registries: ${write}`,
  ]);
  const decided = walked.find(({ entry }) => entry.name === 'PUT /admin');
  expect(decided?.actions).toEqual(['vitrine:ListSite']);
});
