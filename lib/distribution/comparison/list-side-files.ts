import { setImmediate } from 'node:timers/promises';
import type { LayerEntry } from '#lib/distribution/layers/read-tar-entries.ts';

/** `whiteout`: the path was removed from a layer below. */
export type SideFile = Pick<LayerEntry, 'kind' | 'sizeBytes' | 'mode' | 'uid' | 'gid' | 'target'> & {
  modifiedMs: number | null;
  isRemoval: boolean;
};

/** Deeper paths are left out, because every parent of a path is looked up. */
const MAX_DEPTH = 64;
const ENTRIES_PER_SLICE = 500;
const WHITEOUT_LENGTH = '.wh.'.length;

/**
 * Applies layers, lowest first, as a container runtime does. Returns the resulting paths and removals. Gives the event
 * loop a turn between slices, because layers may have many entries.
 */
export async function listSideFiles(layers: readonly (readonly LayerEntry[])[]): Promise<Map<string, SideFile>> {
  const files = new Map<string, SideFile>();
  /** Folders whose contents in lower layers are hidden. */
  const hidden = new Set<string>();
  for (const entries of [...layers].reverse()) {
    const hiddenHere: string[] = [];
    for (const [i, entry] of entries.entries()) {
      if (i % ENTRIES_PER_SLICE === 0) await setImmediate();
      addEntry(entry, { files, hidden, hiddenHere });
    }
    for (const path of hiddenHere) hidden.add(path);
  }
  return files;
}

type Target = { files: Map<string, SideFile>; hidden: ReadonlySet<string>; hiddenHere: string[] };

function addEntry(entry: LayerEntry, { files, hidden, hiddenHere }: Target): void {
  const slash = entry.path.lastIndexOf('/');
  const folder = slash < 0 ? '' : entry.path.slice(0, slash);
  if (entry.whiteout === 'folder') return void hiddenHere.push(folder);
  const isRemoval = entry.whiteout === 'name';
  const name = entry.path.slice(slash + 1 + (isRemoval ? WHITEOUT_LENGTH : 0));
  const path = folder === '' ? name : `${folder}/${name}`;
  // A file also replaces a folder of the same name and all below it.
  if (isRemoval || entry.kind !== 'folder') hiddenHere.push(path);
  if (path === '' || files.has(path) || isHidden(folder, hidden)) return;
  const { kind, sizeBytes, mode, uid, gid, target, modifiedAt } = entry;
  files.set(path, { kind, sizeBytes, mode, uid, gid, target, modifiedMs: modifiedAt?.getTime() ?? null, isRemoval });
}

/** Whether a layer above hides the contents of the folder. */
function isHidden(folder: string, hidden: ReadonlySet<string>): boolean {
  if (hidden.size === 0) return false;
  if (hidden.has('')) return true;
  let depth = 0;
  for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) {
    depth += 1;
    if (depth > MAX_DEPTH || hidden.has(folder.slice(0, end))) return true;
  }
  return false;
}
