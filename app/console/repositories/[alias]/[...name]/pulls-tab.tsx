import { PullFilters } from '#components/audit/pull-filters.tsx';
import { consoleRepositoryLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { parseAuditParams } from '../../../../_lib/audit/audit-params.ts';
import { PullsSection } from '../../../../_lib/audit/pulls-section.tsx';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import type { RawSearchParams } from '../../../../_lib/search-params.ts';

type PullsTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Who pulled this repository's images, and from which machine. */
export function PullsTab({ loaded: { caller, path, repository, can }, query }: PullsTabProps) {
  const { membership, registryKey, fullName } = repository;
  if (!can('vitrine:ReadClientAddresses') || !membership) {
    return <p className="text-muted">Only owners and maintainers can see who pulled this image.</p>;
  }
  const { texts, filter, before } = parseAuditParams(query);
  const { tag, digest, from, to } = texts;
  const own = { tag, digest, from, to };
  const here = consoleRepositoryLink({ ...path, tab: 'pulls' });
  const days = getApp().config.auditPullsDays;
  return (
    <>
      <h2 className="mb-1 text-lg font-semibold">Who pulled this image</h2>
      <p className="mb-4 text-muted">
        Each row shows a user and a machine. Identical pulls within a second share a row.
      </p>
      <PullFilters about="image" path={here} registries={[]} texts={own} />
      <PullsSection
        before={before}
        caller={caller}
        empty={
          Object.values(own).some(Boolean) || before !== null ? (
            <EmptyState title="No matching pulls">
              <p>
                <a className="link" href={here}>
                  Clear filters
                </a>
              </p>
            </EmptyState>
          ) : (
            <EmptyState title="No pulls yet">
              <p>
                {days === 0
                  ? 'This site doesn’t record who pulls images.'
                  : `Pulls appear here within seconds and are kept for ${countOf(days, 'day')}.`}
              </p>
            </EmptyState>
          )
        }
        filter={{ repository: fullName, tag, digest, from: filter.from, to: filter.to }}
        path={here}
        query={own}
        registry={{ id: registryKey, registryId: membership.registryId }}
      />
    </>
  );
}
