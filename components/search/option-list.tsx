import { OptionRow } from './option-row.tsx';
import type { OptionGroup } from './options.ts';

type OptionListProps = {
  /** The combobox's id, from which the list and options derive theirs. */
  id: string;
  groups: OptionGroup[];
  activeId: string | undefined;
  /** The query that the rows answer. */
  query: string;
  isLoading: boolean;
  hasFailed: boolean;
  /** Overlays the page, or takes part in the flow. */
  isFloating: boolean;
};

export const NO_SUGGESTIONS = 'Suggestions are unavailable. Press Enter to search.';

export function OptionList({ id, groups, activeId, query, isLoading, hasFailed, isFloating }: OptionListProps) {
  const starts = groups.map((_, i) => groups.slice(0, i).reduce((sum, { options }) => sum + options.length, 0));
  return (
    <div
      className={
        isFloating
          ? 'absolute inset-x-0 top-full z-20 mt-1 overflow-hidden rounded-lg border border-line-control bg-canvas text-base shadow-lg'
          : undefined
      }
      // Keeps the focus in the field.
      onMouseDown={(event) => event.preventDefault()}
    >
      {hasFailed && <p className="px-3 py-1.5 text-sm text-muted">{NO_SUGGESTIONS}</p>}
      <div
        aria-busy={isLoading}
        aria-label="Suggestions"
        className="max-h-[min(28rem,60dvh)] overflow-y-auto overscroll-contain py-1"
        id={`${id}-list`}
        role="listbox"
      >
        {groups.map(({ label, options }, group) => (
          <div aria-labelledby={`${id}-${label}`} key={label} role="group">
            <div className="px-3 pt-2 pb-1 text-xs font-medium text-muted" id={`${id}-${label}`} role="presentation">
              {label}
            </div>
            {options.map((option, i) => {
              const optionId = `${id}-${(starts[group] ?? 0) + i}`;
              return (
                <OptionRow
                  id={optionId}
                  isActive={optionId === activeId}
                  key={option.key}
                  option={option}
                  query={query}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
