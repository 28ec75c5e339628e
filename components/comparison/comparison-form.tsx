import { repositoryLink, type RepositoryLink } from '../links.ts';

type FormProps = {
  repository: RepositoryLink;
  from: string;
  to: string;
  /** Tags to choose from. Others can be typed. */
  tags: string[];
};

const LIST_ID = 'compared-tags';

/** Chooses the two images. Works without scripts. */
export function ComparisonForm({ repository, from, to, tags }: FormProps) {
  return (
    <form
      action={repositoryLink({ ...repository, item: { view: 'compare' } })}
      aria-label="Images to compare"
      className="flex flex-wrap items-end gap-2"
    >
      <Field label="From" name="from" value={from} />
      <Field label="To" name="to" value={to} />
      <button className="button">Compare</button>
      <datalist id={LIST_ID}>
        {tags.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </form>
  );
}

function Field({ label, name, value }: { label: string; name: string; value: string }) {
  return (
    <label className="min-w-32 flex-1 sm:max-w-72">
      <span className="block text-sm text-muted">{label}</span>
      <input
        autoCapitalize="none"
        autoComplete="off"
        className="control font-mono"
        defaultValue={value}
        list={LIST_ID}
        maxLength={500}
        name={name}
        placeholder="Tag, digest or alias/name:tag"
        required
        spellCheck={false}
      />
    </label>
  );
}
