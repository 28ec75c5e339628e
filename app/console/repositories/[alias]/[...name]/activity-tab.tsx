import { isAllowed } from '#lib/access/authorize.ts';
import { ACTIVITY_EXPORT, consoleRepositoryLink } from '#components/links.ts';
import { parseAuditParams } from '../../../../_lib/audit/audit-params.ts';
import { AuditSection } from '../../../../_lib/audit/audit-section.tsx';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { explanationLink } from './explanation-link.ts';
import type { RawSearchParams } from '../../../../_lib/search-params.ts';

type ActivityTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Changes, pulls and refused requests of this repository. */
export function ActivityTab({ loaded: { caller, path, repository, can }, query }: ActivityTabProps) {
  const { membership, registryKey, fullName } = repository;
  if (!can('vitrine:ReadAudit')) {
    return <p className="text-muted">Readers can’t see activity. Your role is {membership?.role}.</p>;
  }
  const params = parseAuditParams(query);
  const about = { repository: fullName, registry: membership?.registryId ?? '' };
  return (
    <AuditSection
      caller={caller}
      exportPath={ACTIVITY_EXPORT}
      {...(can('vitrine:ExplainAccess') && { explanationOf: (event) => explanationLink(path, event) })}
      hasClients={isAllowed({ ...caller, action: 'vitrine:ReadClientAddresses', membership })}
      isOneRepository
      params={{ ...params, texts: { ...params.texts, ...about }, filter: { ...params.filter, repository: fullName } }}
      path={consoleRepositoryLink({ ...path, tab: 'activity' })}
      registries={null}
      registryKey={registryKey}
    />
  );
}
