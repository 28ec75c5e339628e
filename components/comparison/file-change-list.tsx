import type { ComparedFiles } from '#lib/distribution/comparison/compare-image-files.ts';
import type { FileChange } from '#lib/distribution/comparison/compare-files.ts';
import { countOf, formatBytes, formatCount } from '../ui/format-number.ts';
import { ChangeRow } from './change-mark.tsx';

const MAX_SHOWN = 500;

const DETAILS: Record<FileChange['details'][number], string> = {
  type: 'type',
  size: 'size',
  mode: 'permissions',
  owner: 'owner',
  target: 'link target',
  time: 'modification time',
};

/** Files that differ, by path. */
export function FileChangeList({ files }: { files: ComparedFiles }) {
  if (files.changes === undefined) return <p className="text-muted">{files.problem}</p>;
  const { changes, counts, layerCount, isPartial } = files;
  const total = counts.added + counts.changed + counts.removed;
  return (
    <>
      <p className="mb-2 text-sm text-muted tabular-nums" role="status">
        {formatCount(counts.added)} added, {formatCount(counts.changed)} changed, {formatCount(counts.removed)} removed,
        in {countOf(layerCount, 'layer')} that differ.{' '}
        {isPartial && 'At least one layer is too large or damaged, so files may be missing. '}
        Shared layers aren’t read, so a file that replaces one of theirs counts as added.
      </p>
      {total > 0 && (
        <ul aria-label="Files that differ" className="overflow-hidden rounded-lg border border-line text-sm">
          {changes.slice(0, MAX_SHOWN).map((change) => (
            <li className="border-line not-first:border-t" key={change.path}>
              <ChangeRow change={change.change}>
                <div className="flex flex-wrap justify-between gap-x-4">
                  <span className="min-w-0 font-mono text-xs leading-5 wrap-anywhere" dir="auto">
                    {change.path}
                  </span>
                  <span className="text-xs leading-5 text-muted tabular-nums">{sizesText(change)}</span>
                </div>
              </ChangeRow>
            </li>
          ))}
        </ul>
      )}
      {total > MAX_SHOWN && (
        <p className="mt-2 text-sm text-muted">{countOf(total - MAX_SHOWN, 'more file')} not shown.</p>
      )}
    </>
  );
}

function sizesText({ change, fromBytes, toBytes, details }: FileChange): string {
  if (change !== 'changed') {
    const bytes = toBytes ?? fromBytes;
    return bytes === null ? '' : formatBytes(bytes);
  }
  const others = details.filter((detail) => detail !== 'size').map((detail) => DETAILS[detail]);
  const isSized = fromBytes !== null && toBytes !== null && fromBytes !== toBytes;
  const sizes = isSized ? [`${formatBytes(fromBytes)} → ${formatBytes(toBytes)}`] : [];
  return [...sizes, ...(isSized ? [] : others)].join(', ');
}
