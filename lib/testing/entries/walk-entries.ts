// Follows every entry point to its writes and reports those without an authorization decision.
import type ts from 'typescript';
import { ACTIONS } from '#lib/access/actions.ts';
import type { CodeGraph, Declaration } from './code-graph.ts';
import type { Entry, EntryKind } from './find-entries.ts';

const GUARDS = new Set([
  ...['authorize', 'requireAllowed', 'isAllowed', 'filterAllowed', 'allowedBy', 'decide'],
  ...['decideAssumption', 'decideWebIdentity'],
]);
const ACCESS = 'lib/access/';

/** What entries of these kinds may run without a decision, each as `file function`. */
export type Exception = { why: string; kinds: readonly EntryKind[]; names: readonly string[] };

export type Walked = {
  entry: Entry;
  /** Actions asked on the way, sorted. */
  actions: string[];
  isDecided: boolean;
  writes: boolean;
  /** `file function` of each write without a decision. */
  undecidedWrites: string[];
};

export type Walk = {
  walked: Walked[];
  /** Exceptions that no entry needed. */
  unusedExceptions: string[];
};

type Result = { decides: boolean; writes: boolean; actions: Set<string>; undecided: Set<string> };

export function walkEntries(graph: CodeGraph, entries: Entry[], exceptions: Exception[]): Walk {
  const used = new Set<string>();
  // Pages pass actions to forms. Each action is an entry of its own.
  const actions = new Set(entries.filter(({ kind }) => kind === 'action').map(({ name }) => name));
  const walkers = new Map<EntryKind, Walker>();
  const walked = entries.map((entry) => {
    const isExcepted = (label: string) => {
      if (actions.has(label)) return true;
      const isListed = exceptions.some(({ kinds, names }) => kinds.includes(entry.kind) && names.includes(label));
      if (isListed) used.add(label);
      return isListed;
    };
    const walk = walkers.get(entry.kind) ?? createWalker(graph, isExcepted);
    walkers.set(entry.kind, walk);
    return walkEntry(entry, walk);
  });
  const unused = exceptions.flatMap(({ names }) => names).filter((name) => !used.has(name));
  return { walked, unusedExceptions: unused };
}

function walkEntry(entry: Entry, walk: Walker): Walked {
  const total: Result = { decides: false, writes: false, actions: new Set(), undecided: new Set() };
  let isDecided = entry.decidedAtEdge.length > 0;
  for (const node of entry.bodies) {
    const result = walk(node, entry.name, isDecided);
    isDecided ||= result.decides && !result.writes;
    merge(total, result);
  }
  const named = entry.action !== undefined && total.decides ? [entry.action] : [];
  return {
    entry,
    actions: [...new Set([...entry.decidedAtEdge, ...named, ...total.actions])].sort(),
    isDecided: entry.decidedAtEdge.length > 0 || total.decides,
    writes: total.writes,
    undecidedWrites: [...total.undecided].sort(),
  };
}

type Walker = (node: ts.Node, label: string, isDecided: boolean) => Result;

/**
 * A body counts as decided after its first guard, or after the first function that calls a guard without writing
 * anything, such as a look-up that hides objects. A guard within a use case covers that use case's own writes only.
 */
function createWalker(graph: CodeGraph, isExcepted: (label: string) => boolean): Walker {
  const known = new Map<ts.Node, { decided?: Result; undecided?: Result }>();
  const walk: Walker = (node, label, isDecided) => {
    const results = known.get(node) ?? {};
    known.set(node, results);
    const kept = isDecided ? results.decided : results.undecided;
    if (kept) return kept;
    const result: Result = { decides: false, writes: false, actions: new Set(), undecided: new Set() };
    // Set before the walk, which makes recursion contribute nothing.
    results[isDecided ? 'decided' : 'undecided'] = result;
    let isDecidedHere = isDecided;
    for (const step of graph.stepsOf(node)) {
      if (step.kind === 'text') {
        if (Object.hasOwn(ACTIONS, step.text)) result.actions.add(step.text);
      } else if (step.kind === 'write') {
        result.writes = true;
        if (!isDecidedHere) result.undecided.add(label);
      } else if (isGuard(step.of)) {
        result.decides = true;
        isDecidedHere = true;
      } else if (!step.of.file.startsWith(ACCESS)) {
        const name = `${step.of.file} ${step.of.name}`;
        if (isExcepted(name)) continue;
        const inner = walk(step.of.node, name, isDecidedHere);
        merge(result, inner);
        if (inner.decides && !inner.writes) isDecidedHere = true;
      }
    }
    return result;
  };
  return walk;
}

function isGuard({ file, name }: Declaration): boolean {
  return file.startsWith(ACCESS) && GUARDS.has(name);
}

function merge(into: Result, from: Result): void {
  into.decides ||= from.decides;
  into.writes ||= from.writes;
  for (const action of from.actions) into.actions.add(action);
  for (const name of from.undecided) into.undecided.add(name);
}
