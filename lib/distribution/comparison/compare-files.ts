import { setImmediate } from 'node:timers/promises';
import type { SideFile } from './list-side-files.ts';

export type FileChange = {
  path: string;
  change: 'added' | 'changed' | 'removed';
  /** Null on the side that lacks it, or for a removed file of a layer that wasn't read. */
  fromBytes: number | null;
  toBytes: number | null;
  /** What differs in a changed file. */
  details: ('type' | 'size' | 'mode' | 'owner' | 'target' | 'time')[];
};

export type FileChanges = {
  /** The first ones, by path. */
  changes: FileChange[];
  counts: { added: number; changed: number; removed: number };
};

export const MAX_CHANGES = 1_000;
const PATHS_PER_SLICE = 2_000;

/** Compares what the layers that aren't shared contain. Folders count only if one replaces a file or is new or gone. */
export async function compareFiles(
  from: ReadonlyMap<string, SideFile>,
  to: ReadonlyMap<string, SideFile>,
): Promise<FileChanges> {
  const changes: FileChange[] = [];
  const counts = { added: 0, changed: 0, removed: 0 };
  let seen = 0;
  const note = (change: FileChange | null): void => {
    if (!change) return;
    counts[change.change] += 1;
    if (changes.length < MAX_CHANGES) changes.push(change);
  };
  for (const [path, file] of to) {
    seen += 1;
    if (seen % PATHS_PER_SLICE === 0) await setImmediate();
    note(changeOf(path, from.get(path), file));
  }
  for (const [path, file] of from) {
    seen += 1;
    if (seen % PATHS_PER_SLICE === 0) await setImmediate();
    if (!to.has(path)) note(changeOf(path, file, undefined));
  }
  return { changes: changes.sort((a, b) => (a.path < b.path ? -1 : 1)), counts };
}

/** A removal by one side means that a shared layer has the file, so the other side has it too unless it also removes it. */
function changeOf(path: string, from: SideFile | undefined, to: SideFile | undefined): FileChange | null {
  const sizes = { fromBytes: bytesOf(from), toBytes: bytesOf(to) };
  if (from && to && !from.isRemoval && !to.isRemoval) {
    const details = detailsOf(from, to);
    return details.length === 0 ? null : { path, change: 'changed', ...sizes, details };
  }
  const isHere = to !== undefined && !to.isRemoval;
  const wasHere = from !== undefined && !from.isRemoval;
  if (isHere || (from?.isRemoval && to === undefined)) return { path, change: 'added', ...sizes, details: [] };
  if (wasHere || (to?.isRemoval && from === undefined)) return { path, change: 'removed', ...sizes, details: [] };
  return null;
}

function bytesOf(file: SideFile | undefined): number | null {
  return file && !file.isRemoval && file.kind === 'file' ? file.sizeBytes : null;
}

function detailsOf(from: SideFile, to: SideFile): FileChange['details'] {
  if (from.kind !== to.kind) return ['type'];
  const differs = {
    size: from.sizeBytes !== to.sizeBytes,
    mode: from.mode !== to.mode,
    owner: from.uid !== to.uid || from.gid !== to.gid,
    target: from.target !== to.target,
    // Every build creates folders and links anew.
    time: from.kind === 'file' && from.modifiedMs !== to.modifiedMs,
  };
  return (['size', 'mode', 'owner', 'target', 'time'] as const).filter((name) => differs[name]);
}
