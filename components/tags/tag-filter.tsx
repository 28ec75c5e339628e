type TagFilterProps = {
  path: string;
  q: string;
  /** Further query parameters of the list. */
  kept?: Record<string, string | null>;
};

export function TagFilter({ path, q, kept = {} }: TagFilterProps) {
  return (
    <form action={path} aria-label="Tags" className="flex max-w-md gap-2" role="search">
      <label className="min-w-0 flex-1">
        <span className="sr-only">Filter tags</span>
        <input
          className="control"
          defaultValue={q}
          maxLength={200}
          name="q"
          placeholder="Part of a tag, or a digest"
          type="search"
        />
      </label>
      {Object.entries(kept).map(
        ([name, value]) => value !== null && <input key={name} name={name} type="hidden" value={value} />,
      )}
      <button className="button">Filter</button>
    </form>
  );
}
