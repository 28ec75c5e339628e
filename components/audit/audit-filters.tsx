import type { InputHTMLAttributes, ReactNode } from 'react';

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
        <TextFilter className="w-36" label="Registry" maxLength={50} name="registry" texts={texts} />
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
      <TextFilter className="w-36" label="Who" maxLength={200} name="actor" texts={texts} />
      <TextFilter
        className="w-36"
        label="Action begins with"
        maxLength={100}
        name="action"
        placeholder="tag."
        texts={texts}
      />
      <TextFilter className="w-40" label="Target" maxLength={200} name="target" texts={texts} />
      {hasRepository && (
        <TextFilter
          className="w-40"
          label="Repository"
          maxLength={255}
          name="repository"
          placeholder="alias/name"
          texts={texts}
        />
      )}
      <TextFilter className="w-40" label="Digest" maxLength={150} name="digest" placeholder="sha256:" texts={texts} />
      {hasAddress && <TextFilter className="w-36" label="Address" maxLength={60} name="address" texts={texts} />}
      <TextFilter className="w-36" label="From" name="from" texts={texts} type="date" />
      <TextFilter className="w-36" label="To" name="to" texts={texts} type="date" />
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

type TextFilterProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  name: keyof AuditTexts;
  texts: AuditTexts;
};

function TextFilter({ label, name, texts, className = '', ...input }: TextFilterProps) {
  return (
    <Field label={label}>
      <input {...input} className={`control ${className}`} defaultValue={texts[name]} name={name} spellCheck={false} />
    </Field>
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
