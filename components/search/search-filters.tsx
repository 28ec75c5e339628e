import type { SearchFacets } from '#lib/search/schema.ts';
import { searchLink, type SearchLink } from '../links.ts';
import { formatCount } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';
import { choicesOf, FILTER_GROUPS, withoutFilter } from './filter-groups.ts';

/** A sample is no more precise. */
const ESTIMATE_DIGITS = 2;

/** Each filter links to the search with that filter and shows its number of results. */
export function SearchFilterForm({ search, facets }: { search: SearchLink; facets: SearchFacets }) {
  const groups = FILTER_GROUPS.map((group) => ({ ...group, choices: choicesOf(group, facets, search) }));
  return (
    <div className="flex flex-col gap-5">
      {groups
        .filter(({ choices }) => choices.length > 0)
        .map(({ name, title, choices }) => (
          <nav aria-label={title} key={name}>
            <p className="mb-1 text-sm font-semibold">{title}</p>
            <ul className="flex flex-wrap gap-1 md:flex-col md:gap-0">
              <FilterLink isCurrent={!search[name]} link={withoutFilter(search, name)} text="Any" />
              {choices.map(({ value, text, count, isEstimate }) => (
                <FilterLink
                  count={count}
                  isCurrent={search[name] === value}
                  isEstimate={isEstimate}
                  key={value}
                  link={{ ...withoutFilter(search, name), [name]: value }}
                  text={text}
                />
              ))}
            </ul>
          </nav>
        ))}
    </div>
  );
}

type FilterLinkProps = {
  link: SearchLink;
  text: string;
  isCurrent: boolean;
  /** Null if it is unknown. */
  count?: number | null;
  isEstimate?: boolean;
};

/** A filter without results isn't a link, unless it is chosen. */
function FilterLink({ link, text, isCurrent, count = null, isEstimate = false }: FilterLinkProps) {
  const isDisabled = count === 0 && !isCurrent;
  const tone = isCurrent
    ? 'bg-surface-strong font-semibold text-ink'
    : isDisabled
      ? 'text-muted opacity-60'
      : 'text-muted hover:bg-surface hover:text-ink';
  return (
    <li>
      <a
        aria-current={isCurrent ? 'true' : undefined}
        aria-disabled={isDisabled ? true : undefined}
        className={`flex min-h-8 items-center justify-between gap-2 rounded px-2 md:-mx-2 ${tone}`}
        href={isDisabled ? undefined : searchLink(link)}
        role={isDisabled ? 'link' : undefined}
      >
        <span className="min-w-0 break-words">{text}</span>
        {count !== null && (
          <span className="text-xs font-normal text-muted tabular-nums">
            {isEstimate && !isCurrent ? <Estimate count={count} /> : formatCount(count)}
          </span>
        )}
      </a>
    </li>
  );
}

function Estimate({ count }: { count: number }) {
  const text = formatCount(Number(count.toPrecision(ESTIMATE_DIGITS)));
  return (
    <>
      <span aria-hidden="true">~{text}</span>
      <span className="sr-only">about {text}</span>
    </>
  );
}

/** The active filters, each with a link that removes it. */
export function AppliedFilters({ search }: { search: SearchLink }) {
  const chosen = FILTER_GROUPS.flatMap(({ name, label }) => {
    const value = search[name];
    return value === undefined ? [] : [{ name, text: label(value) }];
  });
  const older = (['os', 'arch'] as const).flatMap((name) => {
    const text = search[name];
    return text === undefined ? [] : [{ name, text }];
  });
  const applied = [...chosen, ...older];
  if (applied.length === 0) return null;
  return (
    <ul aria-label="Applied filters" className="flex flex-wrap gap-1.5">
      {applied.map(({ name, text }) => (
        <li key={name}>
          <a
            className="inline-flex min-h-7 items-center gap-1.5 rounded-full bg-accent-soft pr-2 pl-3 text-sm text-accent hover:underline"
            href={searchLink(withoutFilter(search, name))}
          >
            <span className="sr-only">Remove the filter </span>
            {text}
            <Icon name="close" size={12} />
          </a>
        </li>
      ))}
    </ul>
  );
}
