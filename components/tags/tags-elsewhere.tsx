import type { TagsElsewhere as Tags } from '#lib/upstream/mirrors/queries.ts';
import { countOf, formatCount } from '../ui/format-number.ts';

/** Tags of a mirror's upstream that haven't been pulled yet. */
export function TagsElsewhereTable({ host, tags: { count, names } }: { host: string; tags: Tags }) {
  if (count === 0) return null;
  return (
    <details className="mt-4">
      <summary className="w-fit py-1 font-medium text-accent">
        {countOf(count, 'more tag')} at {host}
      </summary>
      <p className="pt-2 text-muted">
        Nobody has pulled {count === 1 ? 'it' : 'them'} from here yet. {count === 1 ? 'It' : 'Each'} can be pulled all
        the same, by its name.
      </p>
      <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1 font-mono text-sm">
        {names.map((name) => (
          <li className="break-all" key={name}>
            {name}
          </li>
        ))}
        {count > names.length && <li className="font-sans text-muted">and {formatCount(count - names.length)} more</li>}
      </ul>
    </details>
  );
}
