// The filters of the search page, in their order.
import { BASE_SYSTEMS, isBaseSystem } from '#lib/oci/facts/base-system.ts';
import { categoryLabel } from '#lib/repositories/categories.ts';
import { AGES, KINDS, SIZE_LIMITS, type Age, type SearchFacets, type Size } from '#lib/search/schema.ts';
import type { SearchLink } from '../links.ts';
import { KIND_LABELS } from '../catalog/kind.ts';

export type FilterName =
  'category' | 'kind' | 'verified' | 'platform' | 'base' | 'licence' | 'size' | 'signed' | 'pushed';
export type FilterChoice = {
  value: string;
  text: string;
  /** Null if it is unknown, because no repository of a sample has the value. */
  count: number | null;
  isEstimate: boolean;
};

export type FilterGroup = {
  name: FilterName;
  title: string;
  /** Always offered, before those found. */
  fixed: readonly string[];
  label: (value: string) => string;
};

const AGE_LABELS: Record<Age, string> = { day: 'Past day', week: 'Past week', month: 'Past month', year: 'Past year' };
const SIZE_LABELS: Record<Size, string> = {
  '10mb': 'Up to 10 MB',
  '50mb': 'Up to 50 MB',
  '250mb': 'Up to 250 MB',
  '1gb': 'Up to 1 GB',
};
const KIND_NAMES = Object.fromEntries(KINDS.map((kind) => [kind, KIND_LABELS[kind].many]));
const MAX_CHOICES = 10;
const asIs = (value: string) => value;

export const FILTER_GROUPS: FilterGroup[] = [
  group('category', 'Category', [], categoryLabel),
  group('kind', 'Kind', KINDS, labelOf(KIND_NAMES)),
  group('verified', 'Publisher', ['1'], () => 'Verified'),
  group('platform', 'Platform', ['linux/amd64', 'linux/arm64'], asIs),
  group('base', 'Base system', [], (value) => (isBaseSystem(value) ? BASE_SYSTEMS[value] : value)),
  group('size', 'Size', SIZE_LIMITS, labelOf(SIZE_LABELS)),
  group('licence', 'Licence', [], asIs),
  group('signed', 'Signature', ['1'], () => 'Attached'),
  group('pushed', 'Last push', AGES, labelOf(AGE_LABELS)),
];

function group(
  name: FilterName,
  title: string,
  fixed: readonly string[],
  label: (value: string) => string,
): FilterGroup {
  return { name, title, fixed, label };
}

function labelOf(labels: Record<string, string>): (value: string) => string {
  return (value) => labels[value] ?? value;
}

/** Returns the fixed choices, the chosen one and the largest of those found. */
export function choicesOf(
  { name, fixed, label }: FilterGroup,
  facets: SearchFacets,
  search: SearchLink,
): FilterChoice[] {
  const found = facets[name];
  const chosen = search[name];
  const isEstimate = facets.estimated?.includes(name) ?? false;
  const values = new Set([...fixed, ...found.map(({ value }) => value).slice(0, MAX_CHOICES)]);
  if (chosen !== undefined) values.add(chosen);
  return [...values].map((value) => ({
    value,
    text: label(value),
    count: found.find((candidate) => candidate.value === value)?.count ?? (isEstimate ? null : 0),
    isEstimate,
  }));
}

/** Drops the page, because other filters give other results. */
export function withoutFilter(search: SearchLink, name: FilterName | 'os' | 'arch'): SearchLink {
  return { ...search, [name]: undefined, page: undefined };
}

export function hasFilters(search: SearchLink): boolean {
  return FILTER_GROUPS.some(({ name }) => search[name] !== undefined) || (search.os ?? search.arch) !== undefined;
}
