import type { ReactNode } from 'react';
import type { Merged } from '#lib/distribution/comparison/merge-lists.ts';
import { ChangeRow } from './change-mark.tsx';

type MergedListProps<Item> = {
  label: string;
  rows: readonly Merged<Item>[];
  /** Names a folded run of equal items, as in "4 shared layers". */
  describeRun: (items: Item[]) => string;
  children: (item: Item, side: Merged<Item>['side']) => ReactNode;
};

/** Two merged lists. Runs that both sides have are folded. */
export function MergedList<Item>({ label, rows, describeRun, children }: MergedListProps<Item>) {
  return (
    <ol aria-label={label} className="overflow-hidden rounded-lg border border-line text-sm">
      {toRuns(rows).map(({ side, items }, i) => (
        <li className="border-line not-first:border-t" key={i}>
          {side === 'both' ? (
            <details>
              <summary className="min-h-9 cursor-pointer px-3 py-1.5 text-muted hover:text-ink">
                {describeRun(items)}
              </summary>
              <ul className="border-t border-line">
                {items.map((item, j) => (
                  <li className="px-3 py-1.5 pl-8" key={j}>
                    {children(item, side)}
                  </li>
                ))}
              </ul>
            </details>
          ) : (
            items.map((item, j) => (
              <ChangeRow change={side === 'from' ? 'removed' : 'added'} key={j}>
                {children(item, side)}
              </ChangeRow>
            ))
          )}
        </li>
      ))}
    </ol>
  );
}

type Run<Item> = { side: Merged<Item>['side']; items: Item[] };

function toRuns<Item>(rows: readonly Merged<Item>[]): Run<Item>[] {
  const runs: Run<Item>[] = [];
  for (const { side, item } of rows) {
    const last = runs.at(-1);
    if (last?.side === side) last.items.push(item);
    else runs.push({ side, items: [item] });
  }
  return runs;
}
