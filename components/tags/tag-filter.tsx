type TagFilterProps = {
  path: string;
  q: string;
  /** Further query parameters of the list. */
  kept?: Record<string, string | null>;
  label?: string;
  placeholder?: string;
};

export function TagFilter({
  path,
  q,
  kept = {},
  label = 'Filter tags',
  placeholder = 'Part of a tag, or a digest',
}: TagFilterProps) {
  return (
    <form action={path} aria-label="Tags" className="flex max-w-md gap-2" role="search">
      <label className="min-w-0 flex-1">
        <span className="sr-only">{label}</span>
        <input className="control" defaultValue={q} maxLength={200} name="q" placeholder={placeholder} type="search" />
      </label>
      {Object.entries(kept).map(
        ([name, value]) => value !== null && <input key={name} name={name} type="hidden" value={value} />,
      )}
      <button className="button">Filter</button>
    </form>
  );
}
