import { FilterField, SelectFilter, TextFilter } from './filter-fields.tsx';

type PullFiltersProps = {
  path: string;
  /** Query parameters of the page. */
  texts: Record<string, string>;
  /** Fewer than two offer no choice. */
  registries: { value: string; text: string }[];
  about: 'image' | 'machine';
};

export function PullFilters({ path, texts, registries, about }: PullFiltersProps) {
  return (
    <form action={path} className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-2" role="search">
      {registries.length > 1 && (
        <FilterField label="Registry">
          <SelectFilter name="registry" options={registries} value={texts['registry'] ?? ''} />
        </FilterField>
      )}
      {about === 'machine' ? (
        <TextFilter
          className="w-64"
          label="Address or access key"
          maxLength={60}
          name="machine"
          placeholder="203.0.113.5"
          value={texts['machine']}
        />
      ) : (
        <>
          <TextFilter className="w-40" label="Tag" maxLength={128} name="tag" value={texts['tag']} />
          <TextFilter
            className="w-40"
            label="Digest"
            maxLength={150}
            name="digest"
            placeholder="sha256:"
            value={texts['digest']}
          />
        </>
      )}
      <TextFilter className="w-36" label="From" name="from" type="date" value={texts['from']} />
      <TextFilter className="w-36" label="To" name="to" type="date" value={texts['to']} />
      <button className="button">{about === 'machine' ? 'Show pulls' : 'Filter'}</button>
    </form>
  );
}
