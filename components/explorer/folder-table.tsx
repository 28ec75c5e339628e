import type { FolderRow } from '#lib/distribution/layers/list-folder.ts';
import { Chip } from '../ui/chip.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';
import { countOf, formatBytes } from '../ui/format-number.ts';
import { absoluteTime } from '../ui/time-ago.tsx';

const TYPE_LETTERS = {
  file: '-',
  folder: 'd',
  symlink: 'l',
  'hard link': '-',
  device: 'b',
  pipe: 'p',
  other: '?',
} as const;
const MAX_NAME_LENGTH = 300;
const COLUMNS = ['Name', 'Size', 'Mode', 'Owner', 'Changed'];

/** The files in one folder of a layer. Names are untrusted and shown as text only. */
export function FolderTable({ rows, href }: { rows: FolderRow[]; href: (path: string) => string }) {
  return (
    <DenseTable columns={COLUMNS} label="Files of the layer" width="medium">
      {rows.map((row, i) => (
        <DenseRow columns={COLUMNS} key={i}>
          <th className="max-w-96 text-left font-normal" scope="row">
            <Name href={href} row={row} />
          </th>
          <td className="whitespace-nowrap tabular-nums">
            {formatBytes(row.sizeBytes)}
            {row.isFolder && <span className="text-muted"> in {countOf(row.fileCount, 'file')}</span>}
          </td>
          <td className="font-mono text-xs leading-5 whitespace-nowrap">
            {row.entry ? modeText(row.entry.mode, row.entry.kind) : '–'}
          </td>
          <td className="font-mono text-xs leading-5 whitespace-nowrap">
            {row.entry ? `${row.entry.uid}:${row.entry.gid}` : '–'}
          </td>
          <td className="whitespace-nowrap">{row.entry?.modifiedAt ? absoluteTime(row.entry.modifiedAt) : '–'}</td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}

function Name({ row, href }: { row: FolderRow; href: (path: string) => string }) {
  const { entry } = row;
  const name = row.name.length > MAX_NAME_LENGTH ? `${row.name.slice(0, MAX_NAME_LENGTH)}…` : row.name;
  return (
    <>
      {row.isFolder ? (
        <a className="link font-mono break-all" href={href(row.path)} rel="nofollow">
          {name}/
        </a>
      ) : (
        <span className="font-mono break-all">{name}</span>
      )}
      {entry?.target != null && <span className="font-mono text-xs break-all text-muted"> → {entry.target}</span>}
      <span className="ml-2 inline-flex flex-wrap gap-1">
        {entry && entry.kind !== 'file' && entry.kind !== 'folder' && <Chip>{entry.kind}</Chip>}
        {entry?.whiteout === 'name' && <Chip tone="warning">whiteout: removes it</Chip>}
        {entry?.whiteout === 'folder' && <Chip tone="warning">whiteout: empties the folder</Chip>}
        {entry && (entry.mode & 0o6000) !== 0 && entry.kind === 'file' && (
          <Chip tone="warning">{(entry.mode & 0o4000) !== 0 ? 'setuid' : 'setgid'}</Chip>
        )}
        {(entry?.isOdd || row.name === '..') && <Chip tone="warning">unusual name</Chip>}
      </span>
    </>
  );
}

/** Formats a mode like `ls -l`: `-rwsr-xr-x`. */
export function modeText(mode: number, kind: keyof typeof TYPE_LETTERS): string {
  const triple = (shift: number, special: number, letter: string) => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const last = (mode & special) === 0 ? (runs ? 'x' : '-') : runs ? letter : letter.toUpperCase();
    return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${last}`;
  };
  return TYPE_LETTERS[kind] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}
