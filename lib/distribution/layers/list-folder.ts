import type { LayerEntry } from './read-tar-entries.ts';

export type FolderRow = {
  name: string;
  /** Relative to the root of the layer. */
  path: string;
  /** Null for a folder without an entry in the archive. */
  entry: LayerEntry | null;
  isFolder: boolean;
  /** Totals of a folder's descendants at any depth. */
  fileCount: number;
  sizeBytes: number;
};

/**
 * Lists the direct children of a folder, folders first. `''` is the root. Returns null when the folder doesn't exist.
 */
export function listFolder(entries: readonly LayerEntry[], folder: string): FolderRow[] | null {
  const start = folder === '' ? '' : `${folder}/`;
  const folders = new Map<string, FolderRow>();
  const others: FolderRow[] = [];
  let isThere = folder === '';
  for (const entry of entries) {
    if (entry.kind === 'folder' && entry.path === folder) isThere = true;
    if (!entry.path.startsWith(start) || entry.path.length === start.length) continue;
    const rest = entry.path.slice(start.length);
    const slash = rest.indexOf('/');
    if (slash < 0 && entry.kind !== 'folder') {
      others.push({
        name: rest,
        path: entry.path,
        entry,
        isFolder: false,
        fileCount: 0,
        sizeBytes: entry.sizeBytes,
      });
      continue;
    }
    const name = slash < 0 ? rest : rest.slice(0, slash);
    const row = folders.get(name) ?? newFolder(name, start + name);
    folders.set(name, row);
    if (slash < 0) row.entry = entry;
    else if (entry.kind !== 'folder') {
      row.fileCount += 1;
      row.sizeBytes += entry.sizeBytes;
    }
  }
  if (!isThere && folders.size === 0 && others.length === 0) return null;
  return [...[...folders.values()].sort(byName), ...others.sort(byName)];
}

function newFolder(name: string, path: string): FolderRow {
  return { name, path, entry: null, isFolder: true, fileCount: 0, sizeBytes: 0 };
}

function byName(a: FolderRow, b: FolderRow): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
