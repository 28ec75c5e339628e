import { withQuery } from '../../links.ts';

type LifecycleComposerProps = {
  /** Of the page. */
  path: string;
  isMirrored: boolean;
};

/** Queries of the form below, with their names. */
const SAMPLES = [
  { title: 'Untagged images expire', query: { untagged: '7' }, isArchiving: false },
  { title: 'Ten releases stay', query: { tags: 'v*', keep: '10', untagged: '7' }, isArchiving: false },
  { title: 'Unused images expire', query: { unpulled: '90' }, isArchiving: false },
  { title: 'Unused images are archived', query: { unpulled: '90', archive: '1' }, isArchiving: true },
];

/** Composes a common policy, with which the editor then starts. */
export function LifecycleComposer({ path, isMirrored }: LifecycleComposerProps) {
  return (
    <div className="flex flex-col gap-3">
      <p className="flex flex-wrap gap-x-4 gap-y-2 text-sm">
        <span className="text-muted">Samples:</span>
        {SAMPLES.filter(({ isArchiving }) => !isArchiving || !isMirrored).map(({ title, query }) => (
          <a className="link" href={withQuery(path, { start: 'composed', ...query })} key={title}>
            {title}
          </a>
        ))}
      </p>
      <details>
        <summary className="button button-small w-fit">Compose a policy …</summary>
        <form action={path} className="mt-3 flex max-w-xl flex-col gap-3" method="get">
          <input name="start" type="hidden" value="composed" />
          <Field label="Delete untagged images after (days)" name="untagged" placeholder="7" />
          <Field isText label="Keep only the newest images of these tags" name="tags" placeholder="v* rel-*" />
          <Field label="Images to keep of each" name="keep" placeholder="10" />
          <Field label="Delete images not pulled for (days)" name="unpulled" placeholder="90" />
          {!isMirrored && (
            <label className="flex items-center gap-2">
              <input name="archive" type="checkbox" value="1" /> Archive them instead
            </label>
          )}
          <div>
            <button className="button button-small" type="submit">
              Write policy
            </button>
          </div>
        </form>
      </details>
    </div>
  );
}

type FieldProps = { label: string; name: string; placeholder: string; isText?: boolean };

/** Empty leaves the rule out. */
function Field({ label, name, placeholder, isText = false }: FieldProps) {
  return (
    <label className="flex flex-col gap-1 font-medium">
      {label}
      <input
        autoComplete="off"
        className="control font-normal"
        inputMode={isText ? 'text' : 'numeric'}
        maxLength={isText ? 200 : 6}
        name={name}
        placeholder={placeholder}
        spellCheck={false}
      />
    </label>
  );
}
