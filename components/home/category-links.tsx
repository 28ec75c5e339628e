import { categoryLabel } from '#lib/repositories/categories.ts';
import { categoryLink } from '../links.ts';
import { formatCount } from '../ui/format-number.ts';

type CategoryLinksProps = { categories: { category: string; repositories: number }[] };

/** The categories that have repositories. */
export function CategoryLinks({ categories }: CategoryLinksProps) {
  if (categories.length === 0) return null;
  const sorted = categories
    .map(({ category, repositories }) => ({ category, repositories, label: categoryLabel(category) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'));
  return (
    <section aria-labelledby="categories">
      <h2 className="mb-2 text-base font-semibold" id="categories">
        Categories
      </h2>
      <ul className="flex flex-wrap gap-2">
        {sorted.map(({ category, repositories, label }) => (
          <li key={category}>
            <a
              className="inline-flex min-h-8 items-center gap-2 rounded-full border border-line px-3 hover:bg-surface"
              href={categoryLink(category)}
            >
              {label}
              <span className="text-xs text-muted tabular-nums">{formatCount(repositories)}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
