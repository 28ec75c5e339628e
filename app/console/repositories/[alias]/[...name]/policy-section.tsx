import { PolicyPanel } from '#components/console/policy/policy-panel.tsx';
import { consoleRepositoryLink, registryPolicyLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { listPolicyRevisions, readRepositoryPolicy } from '#lib/repositories/policies/read-repository-policy.ts';
import { SAMPLE_TITLES, samplesFor, writeSample } from '#lib/repositories/policies/policy-samples.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { findStart } from '../../../../_lib/policy/find-start.ts';
import type { RawSearchParams } from '../../../../_lib/search-params.ts';
import { editPolicyAction, removePolicyAction } from '../../policy-actions.ts';

const SHOWN_REVISIONS = 20;

type PolicySectionProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** The repository's policy: who may do what beyond roles, from where and when. */
export async function PolicySection({ loaded: { caller, path, repository, can }, query }: PolicySectionProps) {
  const { alias, name } = path;
  const { visibility, membership } = repository;
  const app = getApp();
  const { policy, revision } = await readRepositoryPolicy(app, { caller, fullName: `${alias}/${name}` });
  const revisions = await listPolicyRevisions(app, { repositoryId: repository.id, limit: SHOWN_REVISIONS });
  const mayEdit = can('ecr:SetRepositoryPolicy');
  const named = { registryId: membership?.registryId ?? '', visibility };
  const samples = samplesFor(visibility);
  return (
    <section className="max-w-3xl" id="policy">
      <h2 className="mb-1 text-lg font-semibold">Policy</h2>
      <p className="mb-3 text-sm text-muted">
        Allows what roles don’t, also to other registries, and denies what they do. A denial always wins
        {visibility === 'public' ? ', but anyone can pull from a public repository.' : '.'}
        {visibility === 'private' && membership?.registryPolicy && (
          <>
            {' '}
            The{' '}
            <a className="link" href={registryPolicyLink({ registry: membership.registryId })}>
              registry’s policy
            </a>{' '}
            decides too.
          </>
        )}
      </p>
      <PolicyPanel
        actions={
          mayEdit
            ? {
                edit: editPolicyAction.bind(null, { alias, name }),
                remove: removePolicyAction.bind(null, { alias, name }),
              }
            : null
        }
        isSaved={query.saved === String(revision)}
        linkTo={(start) => `${consoleRepositoryLink({ ...path, tab: 'access' }, { start })}#policy`}
        policy={policy}
        revision={revision}
        revisions={revisions}
        samples={samples.map((key) => ({ key, title: SAMPLE_TITLES[key] }))}
        start={findStart(query, { samples, write: (sample) => writeSample(sample, named), revisions })}
        target={{ kind: 'repository', name, visibility }}
      />
    </section>
  );
}
