import type { ReactNode } from 'react';

/** As they stand in the page's address. */
export type AuditTexts = { actor: string; action: string; target: string; from: string; to: string; registry: string };

type AuditFiltersProps = {
  path: string;
  texts: AuditTexts;
  /** To choose from; null: any, by alias or number. */
  registries: { value: string; text: string }[] | null;
  exportHref: string;
};

export function AuditFilters({ path, texts, registries, exportHref }: AuditFiltersProps) {
  return (
    <form action={path} className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-2" role="search">
      {registries === null ? (
        <Field label="Registry">
          <input className="control w-36" defaultValue={texts.registry} maxLength={50} name="registry" />
        </Field>
      ) : (
        registries.length > 1 && (
          <Field label="Registry">
            <select className="control w-40" defaultValue={texts.registry} name="registry">
              {registries.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </Field>
        )
      )}
      <Field label="Who">
        <input className="control w-36" defaultValue={texts.actor} maxLength={200} name="actor" />
      </Field>
      <Field label="Action begins with">
        <input
          className="control w-36"
          defaultValue={texts.action}
          maxLength={100}
          name="action"
          placeholder="tag."
          spellCheck={false}
        />
      </Field>
      <Field label="Target">
        <input className="control w-40" defaultValue={texts.target} maxLength={200} name="target" spellCheck={false} />
      </Field>
      <Field label="From">
        <input className="control w-36" defaultValue={texts.from} name="from" type="date" />
      </Field>
      <Field label="To">
        <input className="control w-36" defaultValue={texts.to} name="to" type="date" />
      </Field>
      <button className="button">Filter</button>
      <a className="button" download href={exportHref}>
        Export
      </a>
    </form>
  );
}

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label className="flex flex-col gap-1 text-sm text-muted">
      {label}
      {children}
    </label>
  );
}
