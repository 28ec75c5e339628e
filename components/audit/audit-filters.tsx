import type { ReactNode } from 'react';

/** Query parameters of the page. */
export type AuditTexts = Record<
  'actor' | 'action' | 'target' | 'repository' | 'digest' | 'address' | 'from' | 'to' | 'registry',
  string
>;

type AuditFiltersProps = {
  path: string;
  texts: AuditTexts;
  /** Choices, or null for a text field that takes any alias or ID. */
  registries: { value: string; text: string }[] | null;
  hasAddress: boolean;
  /** Whether to offer a choice of registry and repository. */
  hasRepository: boolean;
  exportHrefs: { jsonl: string; csv: string };
};

export function AuditFilters({ path, texts, registries, hasAddress, hasRepository, exportHrefs }: AuditFiltersProps) {
  return (
    <form action={path} className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-2" role="search">
      {!hasRepository ? null : registries === null ? (
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
      {hasRepository && (
        <Field label="Repository">
          <input
            className="control w-40"
            defaultValue={texts.repository}
            maxLength={255}
            name="repository"
            placeholder="alias/name"
            spellCheck={false}
          />
        </Field>
      )}
      <Field label="Digest">
        <input
          className="control w-40"
          defaultValue={texts.digest}
          maxLength={150}
          name="digest"
          placeholder="sha256:"
          spellCheck={false}
        />
      </Field>
      {hasAddress && (
        <Field label="Address">
          <input
            className="control w-36"
            defaultValue={texts.address}
            maxLength={60}
            name="address"
            spellCheck={false}
          />
        </Field>
      )}
      <Field label="From">
        <input className="control w-36" defaultValue={texts.from} name="from" type="date" />
      </Field>
      <Field label="To">
        <input className="control w-36" defaultValue={texts.to} name="to" type="date" />
      </Field>
      <button className="button">Filter</button>
      <a className="button" download href={exportHrefs.jsonl}>
        Export JSON lines
      </a>
      <a className="button" download href={exportHrefs.csv}>
        Export CSV
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
