// While the site is read-only, every server action refuses to write.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCodeGraph, type CodeGraph } from '#lib/testing/entries/code-graph.ts';
import { findEntries } from '#lib/testing/entries/find-entries.ts';
import type ts from 'typescript';

const GATES = new Set(['requireWritable', 'isReadOnly', 'runAction']);

/** They sign in or out, only read, or end the maintenance. */
const OPEN = [
  'app/admin/settings/actions.ts saveMaintenance',
  'app/console/account/security/actions.ts newPasskeyOptions',
  'app/console/account/security/actions.ts signInAgain',
  'app/console/actions.ts previewMarkdown',
  'app/console/aliases/actions.ts checkAliasAction',
  'app/review/actions.ts toggleAutoAdvance',
  'app/signin/actions.ts passkeyOptions',
  'app/signin/actions.ts redeemLink',
  'app/signin/actions.ts signIn',
  'app/signin/actions.ts signInByPasskey',
  'app/signin/actions.ts signOut',
  'app/signin/second-factor/actions.ts confirmSignIn',
  'app/signin/second-factor/actions.ts secondFactorOptions',
];

function reaches(graph: CodeGraph, node: ts.Node, seen = new Set<ts.Node>()): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  return graph.stepsOf(node).some((step) => {
    if (step.kind !== 'use') return false;
    return GATES.has(step.of.name) || (step.of.file.startsWith('app/') && reaches(graph, step.of.node, seen));
  });
}

test('every server action asks whether the site is read-only, except for those that sign in, only read, or end it', () => {
  const graph = readCodeGraph(join(import.meta.dirname, '../../..'), ['app', 'lib']);
  const actions = findEntries(graph).filter(({ kind }) => kind === 'action');
  const open = actions.filter(({ bodies }) => !bodies.some((node) => reaches(graph, node))).map(({ name }) => name);
  expect(actions.length).toBeGreaterThan(100);
  expect(open.sort()).toEqual(OPEN);
});
