import { TrustedWorkflowForm } from '#components/console/policy/trusted-workflow-form.tsx';
import { identityProvidersLink, rolesLink } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { getApp } from '#lib/app.ts';
import { listIdentityProviders } from '#lib/publishers/identity-providers/list-identity-providers.ts';
import { readTrustedWorkflow } from '#lib/repositories/policies/read-trusted-workflow.ts';
import { WORKFLOW_EXAMPLES } from '#lib/repositories/policies/workflow-statements.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { removeTrustedWorkflowAction, setTrustedWorkflowAction } from '../../policy-actions.ts';

/** The only workflow that may push, which the policy below spells out. */
export async function WorkflowSection({ loaded: { caller, path, repository, can } }: { loaded: ConsoleRepository }) {
  const { alias, name } = path;
  const app = getApp();
  const [{ trustedWorkflow, revision }, providers] = await Promise.all([
    readTrustedWorkflow(app, { caller, fullName: `${alias}/${name}` }),
    listIdentityProviders(app, { caller, registryKey: repository.registryKey }),
  ]);
  const mayEdit = can('ecr:SetRepositoryPolicy');
  if (!mayEdit && !trustedWorkflow) return null;
  const registry = repository.membership?.registryId ?? null;
  const isProviderMissing = trustedWorkflow && providers.every(({ issuer }) => issuer !== trustedWorkflow.issuer);
  return (
    <section className="max-w-3xl" id="workflow">
      <h2 className="mb-1 text-lg font-semibold">Trusted workflow</h2>
      <p className="mb-3 text-sm text-muted">
        {trustedWorkflow ? 'Only this workflow can push' : 'Takes pushes from one workflow only'}, by a{' '}
        <a className="link" href={rolesLink({ registry })}>
          role
        </a>{' '}
        that trusts it. Nobody else can, not even owners. The policy below has the statements.
      </p>
      {trustedWorkflow && !trustedWorkflow.isInEffect && (
        <div className="mb-3">
          <Notice tone="warning">
            Others can push, because the repository’s visibility has changed since. Save the workflow again.
          </Notice>
        </div>
      )}
      {isProviderMissing && (
        <div className="mb-3">
          <Notice tone="warning">
            Nobody can push, because the registry has no identity provider with this issuer.{' '}
            <a className="link" href={identityProvidersLink({ registry })}>
              Add it
            </a>
          </Notice>
        </div>
      )}
      {mayEdit ? (
        <TrustedWorkflowForm
          actions={{
            save: setTrustedWorkflowAction.bind(null, { alias, name }),
            remove: removeTrustedWorkflowAction.bind(null, { alias, name }),
          }}
          examples={WORKFLOW_EXAMPLES}
          // Other changes of the policy show at once, too.
          key={revision}
          workflow={trustedWorkflow}
        />
      ) : (
        <p className="font-mono text-sm break-all">{trustedWorkflow?.workflow}</p>
      )}
    </section>
  );
}
