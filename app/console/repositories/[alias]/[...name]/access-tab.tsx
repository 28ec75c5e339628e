import { AccessList } from '#components/console/access-list.tsx';
import { VisibilityForm } from '#components/console/visibility-form.tsx';
import { MEMBERS, robotsLink, TOKENS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { listMembers } from '#lib/publishers/members/member-queries.ts';
import { listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { isUnderPolicy } from '#lib/repositories/find-repository.ts';
import { getRepositoryFacts } from '#lib/repositories/queries.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import type { RawSearchParams } from '../../../../_lib/search-params.ts';
import { setVisibilityAction } from '../../actions.ts';
import { PolicySection } from './policy-section.tsx';
import { SimulatorSection } from './simulator-section.tsx';
import { WorkflowSection } from './workflow-section.tsx';

type AccessTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Who can see, pull and push. */
export async function AccessTab({ loaded, query }: AccessTabProps) {
  const { caller, path, repository, can } = loaded;
  const app = getApp();
  const { alias, name } = path;
  const { visibility, registryKey, membership } = repository;
  const [members, robots, facts] = await Promise.all([
    listMembers(app, { registryKey }),
    listRobots(app, { caller, registryKey }),
    getRepositoryFacts(app, { repositoryId: repository.id }),
  ]);
  return (
    <div className="flex flex-col gap-10">
      <section>
        <h2 className="mb-3 text-lg font-semibold">Visibility</h2>
        {repository.quarantineReason !== null ? (
          <p className="text-muted">While it is in quarantine, nobody can pull it and its visibility can’t change.</p>
        ) : can('ecr-public:PutRepositoryCatalogData') ? (
          <VisibilityForm
            action={setVisibilityAction.bind(null, { alias, name, visibility: otherOf(visibility) })}
            fullName={`${alias}/${name}`}
            // Closes the confirmation once it is done.
            key={visibility}
            memberCount={members.length}
            hasPolicy={isUnderPolicy(repository, membership)}
            robotCount={robots.length}
            tagCount={facts.tagCount}
            visibility={visibility}
          />
        ) : (
          <p className="text-muted">
            {visibility === 'public' ? 'Public.' : 'Private.'} Only owners and maintainers can change it.
          </p>
        )}
      </section>
      <section className="max-w-3xl">
        <h2 className="mb-1 text-lg font-semibold">Members and robots</h2>
        <p className="mb-3 text-sm text-muted">
          Roles apply to every repository of the registry. Clients sign in with an{' '}
          <a className="link" href={TOKENS}>
            access token
          </a>
          , which can be limited to some repositories.
        </p>
        <AccessList members={members} robots={robots} />
        <p className="mt-3 flex flex-wrap gap-2">
          <a className="button" href={MEMBERS}>
            Manage members
          </a>
          <a className="button" href={robotsLink({ registry: membership?.registryId ?? null })}>
            Manage robots
          </a>
        </p>
      </section>
      {repository.quarantineReason === null && can('ecr:GetRepositoryPolicy') && <WorkflowSection loaded={loaded} />}
      {repository.quarantineReason === null && can('ecr:GetRepositoryPolicy') && (
        <PolicySection loaded={loaded} query={query} />
      )}
      {repository.quarantineReason === null && can('ecr:GetRepositoryPolicy') && can('vitrine:ExplainAccess') && (
        <SimulatorSection loaded={loaded} query={query} />
      )}
    </div>
  );
}

function otherOf(visibility: 'public' | 'private') {
  return visibility === 'public' ? 'private' : 'public';
}
