import { SearchCombobox } from '../search/search-combobox.tsx';
import { Icon } from '../ui/icon.tsx';

type SearchFieldProps = {
  query?: string;
  isLarge?: boolean;
  /** Filters to keep in a new search. */
  hidden?: Record<string, string | undefined>;
};

/** A plain GET form. JavaScript adds suggestions. */
export function SearchField({ query = '', isLarge = false, hidden = {} }: SearchFieldProps) {
  return (
    <form action="/search" aria-label="Gallery" className="w-full" role="search">
      <div className="relative">
        <Icon
          className={`pointer-events-none absolute top-1/2 -translate-y-1/2 text-muted ${isLarge ? 'left-3.5' : 'left-2.5'}`}
          name="search"
          size={isLarge ? 18 : 15}
        />
        <SearchCombobox
          className={`control w-full ${isLarge ? 'h-12 pr-12 pl-11 text-lg' : 'pr-10 pl-8'}`}
          kept={hidden}
          placeholder={isLarge ? 'Name, publisher or description' : 'Search'}
          query={query}
        />
        <kbd
          aria-hidden="true"
          className="needs-script pointer-events-none absolute top-1/2 right-2.5 hidden -translate-y-1/2 rounded border border-line bg-surface px-1.5 font-mono text-xs text-muted sm:block"
        >
          /
        </kbd>
      </div>
      {Object.entries(hidden).map(
        ([name, value]) => value && <input key={name} name={name} type="hidden" value={value} />,
      )}
    </form>
  );
}
