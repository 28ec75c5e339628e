type LifecycleComposerProps = {
  /** Of the page. */
  path: string;
  isMirrored: boolean;
};

/** Composes a common policy, with which the editor then starts. */
export function LifecycleComposer({ path, isMirrored }: LifecycleComposerProps) {
  return (
    <details>
      <summary className="button button-small w-fit">Compose a policy …</summary>
      <form action={path} className="mt-3 flex max-w-xl flex-col gap-3" method="get">
        <input name="start" type="hidden" value="composed" />
        <Field label="Days until untagged images are deleted" name="untagged" placeholder="7" />
        <Field isText label="Tags of which only the newest images stay" name="tags" placeholder="v* rel-*" />
        <Field label="How many of them stay" name="keep" placeholder="10" />
        <Field label="Days without a pull until any image goes" name="unpulled" placeholder="90" />
        {!isMirrored && (
          <label className="flex items-center gap-2">
            <input name="archive" type="checkbox" value="1" /> Archive those instead of deleting them
          </label>
        )}
        <div>
          <button className="button button-small" type="submit">
            Write policy
          </button>
        </div>
      </form>
    </details>
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
