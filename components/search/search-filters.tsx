import { ARCHITECTURES, OPERATING_SYSTEMS } from '#lib/repositories/schema.ts';
import { AGES, KINDS, type Age, type FacetName, type SearchFacets } from '#lib/search/schema.ts';
import { searchLink, type SearchLink } from '../links.ts';
import { formatCount } from '../ui/format-number.ts';
import { Icon } from '../ui/icon.tsx';
import { KIND_LABELS } from '../catalog/kind.ts';

type FilterName = 'kind' | 'verified' | 'signed' | 'pushed' | 'os' | 'arch';
type Choice = { value: string; text: string };

const FACETS: Record<FilterName, FacetName> = {
  kind: 'kind',
  verified: 'verified',
  signed: 'signed',
  pushed: 'pushed',
  os: 'os',
  arch: 'architecture',
};
const AGE_LABELS: Record<Age, string> = { day: 'Past day', week: 'Past week', month: 'Past month', year: 'Past year' };
/** Choices that are always offered. */
const MAX_CHOICES = 10;

const GROUPS: { name: FilterName; title: string; choices: Choice[] }[] = [
  { name: 'kind', title: 'Kind', choices: KINDS.map((value) => ({ value, text: KIND_LABELS[value].many })) },
  { name: 'verified', title: 'Publisher', choices: [{ value: '1', text: 'Verified' }] },
  { name: 'os', title: 'Operating system', choices: OPERATING_SYSTEMS.map((value) => ({ value, text: value })) },
  { name: 'arch', title: 'Architecture', choices: ARCHITECTURES.map((value) => ({ value, text: value })) },
  { name: 'signed', title: 'Signature', choices: [{ value: '1', text: 'Attached' }] },
  { name: 'pushed', title: 'Last push', choices: AGES.map((value) => ({ value, text: AGE_LABELS[value] })) },
];

/** Each filter links to the search with that filter and shows its number of results. */
export function SearchFilterForm({ search, facets }: { search: SearchLink; facets: SearchFacets }) {
  return (
    <div className="flex flex-col gap-5">
      {GROUPS.map(({ name, title, choices }) => (
        <nav aria-label={title} key={name}>
          <p className="mb-1 text-sm font-semibold">{title}</p>
          <ul className="flex flex-wrap gap-1 md:flex-col md:gap-0">
            <FilterLink isCurrent={!search[name]} link={without(search, name)} text="Any" />
            {withFound(choices, facets[FACETS[name]]).map(({ value, text }) => (
              <FilterLink
                count={facets[FACETS[name]].find((facet) => facet.value === value)?.count ?? 0}
                isCurrent={search[name] === value}
                key={value}
                link={{ ...without(search, name), [name]: value }}
                text={text}
              />
            ))}
          </ul>
        </nav>
      ))}
    </div>
  );
}

/** Adds values from search results to the fixed choices. */
function withFound(choices: Choice[], found: SearchFacets['os']): Choice[] {
  const others = found.filter(({ value }) => !choices.some((choice) => choice.value === value));
  const room = Math.max(0, MAX_CHOICES - choices.length);
  return [...choices, ...others.slice(0, room).map(({ value }) => ({ value, text: value }))];
}

type FilterLinkProps = { link: SearchLink; text: string; isCurrent: boolean; count?: number };

function FilterLink({ link, text, isCurrent, count }: FilterLinkProps) {
  return (
    <li>
      <a
        aria-current={isCurrent ? 'true' : undefined}
        className={`flex min-h-8 items-center justify-between gap-2 rounded px-2 md:-mx-2 ${
          isCurrent ? 'bg-surface-strong font-semibold text-ink' : 'text-muted hover:bg-surface hover:text-ink'
        }`}
        href={searchLink(link)}
      >
        <span className="min-w-0 break-words">{text}</span>
        {count !== undefined && (
          <span className="text-xs font-normal text-muted tabular-nums">{formatCount(count)}</span>
        )}
      </a>
    </li>
  );
}

/** The active filters, each with a link that removes it. */
export function AppliedFilters({ search }: { search: SearchLink }) {
  const applied = GROUPS.flatMap(({ name, choices }) => {
    const value = search[name];
    return value ? [{ name, text: choices.find((choice) => choice.value === value)?.text ?? value }] : [];
  });
  if (applied.length === 0) return null;
  return (
    <ul aria-label="Applied filters" className="flex flex-wrap gap-1.5">
      {applied.map(({ name, text }) => (
        <li key={name}>
          <a
            className="inline-flex min-h-7 items-center gap-1.5 rounded-full bg-accent-soft pr-2 pl-3 text-sm text-accent hover:underline"
            href={searchLink(without(search, name))}
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

function without(search: SearchLink, name: FilterName): SearchLink {
  return { ...search, [name]: undefined, page: undefined };
}
