import { OWN_REPOSITORY_SORTS, type OwnRepositoryFilter, type OwnRepositorySort } from '#lib/repositories/schema.ts';
import { TAG_MUTABILITIES, TAG_MUTABILITY_LABELS } from '#lib/repositories/tag-mutability/schema.ts';
import { CONSOLE } from '../links.ts';
import { countOf } from '../ui/format-number.ts';
import { ListFilter } from '../forms/list-filter.tsx';

const SORT_TEXTS: Record<OwnRepositorySort, string> = {
  pushed: 'Last pushed',
  pulled: 'Last pulled',
  name: 'Name',
  size: 'Size',
  pulls: 'Most pulled',
};

type OwnRepositoryFilterFormProps = { filter: OwnRepositoryFilter; registry: string | null; total: number };

export function OwnRepositoryFilterForm({ filter, registry, total }: OwnRepositoryFilterFormProps) {
  return (
    <ListFilter
      label="Part of the name"
      path={CONSOLE}
      q={filter.query}
      total={countOf(total, 'repository', 'repositories')}
    >
      {registry !== null && <input name="registry" type="hidden" value={registry} />}
      <select
        aria-label="Visibility"
        className="control w-auto"
        defaultValue={filter.visibility ?? ''}
        name="visibility"
      >
        <option value="">Public and private</option>
        <option value="public">Public</option>
        <option value="private">Private</option>
      </select>
      <select
        aria-label="Tag mutability"
        className="control w-auto"
        defaultValue={filter.tagMutability ?? ''}
        name="mutability"
      >
        <option value="">Mutable and immutable tags</option>
        {TAG_MUTABILITIES.map((tagMutability) => (
          <option key={tagMutability} value={tagMutability}>
            {TAG_MUTABILITY_LABELS[tagMutability]}
          </option>
        ))}
      </select>
      <select aria-label="Sort by" className="control w-auto" defaultValue={filter.sort} name="sort">
        {OWN_REPOSITORY_SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {SORT_TEXTS[sort]}
          </option>
        ))}
      </select>
    </ListFilter>
  );
}
