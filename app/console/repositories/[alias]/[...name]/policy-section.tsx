import { ButtonForm } from '#components/forms/button-form.tsx';
import { PolicyEditor } from '#components/console/policy/policy-editor.tsx';
import { PolicyHistory } from '#components/console/policy/policy-history.tsx';
import { consoleRepositoryLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import {
  listPolicyRevisions,
  readRepositoryPolicy,
  type PolicyRevisionView,
} from '#lib/repositories/policies/read-repository-policy.ts';
import { SAMPLE_TITLES, samplesFor, writeSample } from '#lib/repositories/policies/policy-samples.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
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
  const linkTo = (start: string) => `${consoleRepositoryLink({ ...path, tab: 'access' }, { start })}#policy`;
  const named = { registryId: membership?.registryId ?? '', visibility };
  const start = findStart(query, { revisions, named });
  return (
    <section className="max-w-3xl" id="policy">
      <h2 className="mb-1 text-lg font-semibold">Policy</h2>
      <p className="mb-3 text-sm text-muted">
        Allows what roles don’t, also to other registries, and denies what they do. A denial always wins
        {visibility === 'public' ? ', but anyone can pull from a public repository.' : '.'}
      </p>
      {mayEdit ? (
        <>
          <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
            <span>Start with</span>
            {samplesFor(visibility).map((sample) => (
              <a className="link" href={linkTo(sample)} key={sample}>
                {SAMPLE_TITLES[sample]}
              </a>
            ))}
          </p>
          <PolicyEditor
            action={editPolicyAction.bind(null, { alias, name })}
            isSaved={query.saved === String(revision)}
            key={`${revision} ${start?.key ?? ''}`}
            revision={revision}
            text={start?.text ?? policy ?? ''}
          />
          {policy !== null && (
            <div className="mt-3">
              <ButtonForm
                action={removePolicyAction.bind(null, { alias, name })}
                button="Remove policy"
                tone="danger"
              />
            </div>
          )}
        </>
      ) : policy === null ? (
        <p className="text-muted">No policy. Roles decide.</p>
      ) : (
        <pre className="overflow-auto rounded-md border border-line p-3 font-mono text-sm">{policy}</pre>
      )}
      {revisions.length > 0 && (
        <>
          <h3 className="mt-6 mb-2 font-semibold">History</h3>
          <PolicyHistory
            current={revision}
            linkTo={mayEdit ? (number) => linkTo(String(number)) : null}
            revisions={revisions}
          />
        </>
      )}
    </section>
  );
}

type Offered = { revisions: readonly PolicyRevisionView[]; named: Parameters<typeof writeSample>[1] };

/** Finds the sample or the earlier policy that a link asks for. */
function findStart({ start }: RawSearchParams, { revisions, named }: Offered): { key: string; text: string } | null {
  if (typeof start !== 'string') return null;
  const sample = samplesFor(named.visibility).find((offered) => offered === start);
  if (sample) return { key: start, text: writeSample(sample, named) };
  const policy = revisions.find(({ revision }) => String(revision) === start)?.policy ?? null;
  return policy === null ? null : { key: start, text: policy };
}
