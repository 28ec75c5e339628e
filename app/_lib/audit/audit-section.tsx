import { AuditFilters } from '#components/audit/audit-filters.tsx';
import { AuditTable } from '#components/audit/audit-table.tsx';
import { withQuery } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getApp } from '#lib/app.ts';
import { readAudit, type AuditEventView } from '#lib/events/read-audit.ts';
import type { AuditFormat } from '#lib/events/format-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { AuditParams } from './audit-params.ts';

const PAGE_SIZE = 50;

type AuditSectionProps = {
  caller: UserCaller;
  params: AuditParams;
  /** Null for the whole site. */
  registryKey: bigint | null;
  registries: { value: string; text: string }[] | null;
  path: string;
  exportPath: string;
  /** Whether the caller may see client addresses and filter by them. */
  hasClients: boolean;
  /** The page is about the repository in `params`, so it offers no choice of registry and repository. */
  isOneRepository?: boolean;
  /** Returns the address of a page that explains a refusal. Null for other events. */
  explanationOf?: (event: AuditEventView) => string | null;
};

/** Filters, table and export of a registry's or the site's audit. */
export async function AuditSection(props: AuditSectionProps) {
  const { caller, params, registryKey, registries, path, exportPath, hasClients, isOneRepository = false } = props;
  const { before } = params;
  const { address, userAgent } = params.texts;
  const client = hasClients ? { address, userAgent } : { address: '', userAgent: '' };
  const texts = { ...params.texts, ...client };
  const filter = { ...params.filter, ...client };
  const exportHref = (format: AuditFormat) => withQuery(exportPath, { ...texts, format });
  const events = await readAudit(getApp(), { caller, registryKey, filter, before, limit: PAGE_SIZE });
  const last = events.at(-1);
  return (
    <>
      <AuditFilters
        exportHref={exportHref}
        hasClients={hasClients}
        hasRepository={!isOneRepository}
        path={path}
        registries={registries}
        texts={texts}
      />
      {events.length === 0 ? (
        <EmptyState title="No matching events">
          <p>
            <a className="link" href={isOneRepository ? path : withQuery(path, { registry: texts.registry })}>
              Clear filters
            </a>
          </p>
        </EmptyState>
      ) : (
        <AuditTable events={events} explanationOf={props.explanationOf} hasClients={hasClients} />
      )}
      {last && events.length === PAGE_SIZE && (
        <a className="button mt-4" href={withQuery(path, { ...texts, before: last.id })} rel="next">
          Older events
        </a>
      )}
    </>
  );
}
