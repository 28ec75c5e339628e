import type { AuditFormat } from '#lib/events/format-audit.ts';
import { FilterField, SelectFilter, TextFilter } from './filter-fields.tsx';

/** Query parameters of the page. */
export type AuditTexts = Record<
  | ('actor' | 'action' | 'target' | 'repository' | 'tag' | 'digest' | 'accessKeyId' | 'address' | 'userAgent')
  | ('from' | 'to' | 'registry'),
  string
>;

type AuditFiltersProps = {
  path: string;
  texts: AuditTexts;
  /** Choices, or null for a text field that takes any alias or ID. */
  registries: { value: string; text: string }[] | null;
  /** Whether to offer filters by address and user agent. */
  hasClients: boolean;
  /** Whether to offer a choice of registry and repository. */
  hasRepository: boolean;
  exportHref: (format: AuditFormat) => string;
};

const EXPORTS: { format: AuditFormat; text: string }[] = [
  { format: 'jsonl', text: 'Export JSON lines' },
  { format: 'csv', text: 'Export CSV' },
  { format: 'cloudtrail', text: 'Export CloudTrail records' },
];

export function AuditFilters({ path, texts, registries, hasClients, hasRepository, exportHref }: AuditFiltersProps) {
  return (
    <form action={path} className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-2" role="search">
      {!hasRepository ? null : registries === null ? (
        <TextFilter className="w-36" label="Registry" maxLength={50} name="registry" value={texts.registry} />
      ) : (
        registries.length > 1 && (
          <FilterField label="Registry">
            <SelectFilter name="registry" options={registries} value={texts.registry} />
          </FilterField>
        )
      )}
      <TextFilter className="w-36" label="Who" maxLength={200} name="actor" value={texts.actor} />
      <TextFilter
        className="w-36"
        label="Action begins with"
        maxLength={100}
        name="action"
        placeholder="tag."
        value={texts.action}
      />
      <TextFilter className="w-40" label="Target" maxLength={200} name="target" value={texts.target} />
      {hasRepository && (
        <TextFilter
          className="w-40"
          label="Repository"
          maxLength={255}
          name="repository"
          placeholder="alias/name"
          value={texts.repository}
        />
      )}
      <TextFilter
        className="w-40"
        label="Digest"
        maxLength={150}
        name="digest"
        placeholder="sha256:"
        value={texts.digest}
      />
      <TextFilter
        className="w-44"
        label="Access key"
        maxLength={128}
        name="accessKeyId"
        placeholder="AKIA"
        value={texts.accessKeyId}
      />
      {hasClients && (
        <>
          <TextFilter className="w-36" label="Address" maxLength={60} name="address" value={texts.address} />
          <TextFilter className="w-36" label="User agent" maxLength={200} name="userAgent" value={texts.userAgent} />
        </>
      )}
      <TextFilter className="w-36" label="From" name="from" value={texts.from} type="date" />
      <TextFilter className="w-36" label="To" name="to" value={texts.to} type="date" />
      <button className="button">Filter</button>
      {EXPORTS.map(({ format, text }) => (
        <a className="button" download href={exportHref(format)} key={format}>
          {text}
        </a>
      ))}
    </form>
  );
}
