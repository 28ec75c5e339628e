import { ButtonForm } from '#components/forms/button-form.tsx';
import { withQuery } from '#components/links.ts';
import { CreateRoleForm } from '#components/roles/role-form.tsx';
import { SampleForm } from './sample-form.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { listIdentityProviders } from '#lib/publishers/identity-providers/list-identity-providers.ts';
import { DEFAULT_SESSION_SECONDS } from '#lib/publishers/roles/schema.ts';
import {
  sampleFields,
  TRUST_SAMPLES,
  writeTrustSample,
  type SampleAnswer,
  type TrustSample,
} from '#lib/publishers/roles/trust-samples.ts';
import { choiceParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { addNeededProviderAction } from '../identity-providers/actions.ts';
import { createRoleAction } from './actions.ts';

type NewRoleSectionProps = { caller: UserCaller; registryKey: bigint; registryId: string; query: RawSearchParams };

/** Creates a role, with a trust policy that a preset may write. */
export async function NewRoleSection({ caller, registryKey, registryId, query }: NewRoleSectionProps) {
  const sample = choiceParam(query, 'sample', TRUST_SAMPLES) ?? null;
  const { values, answer } = readSample(sample, query, registryId);
  const written = answer && 'written' in answer ? answer.written : null;
  const providers = await listIdentityProviders(getApp(), { caller, registryKey });
  const needed = written?.provider ?? null;
  const isMissing = needed !== null && !providers.some(({ issuer }) => issuer === needed.issuer);
  const here = withQuery('', { registry: registryId, sample, ...values }).slice(1);
  return (
    <section aria-labelledby="new-role" className="min-w-0">
      <h2 className="mb-3 text-lg font-semibold" id="new-role">
        New role
      </h2>
      <SampleForm
        fieldErrors={answer && 'fieldErrors' in answer ? answer.fieldErrors : {}}
        registryId={registryId}
        sample={sample}
        values={values}
      />
      {isMissing && (
        <div className="mb-6 flex flex-col gap-3">
          <Notice tone="warning">
            The registry has no identity provider <span className="font-mono break-all">{needed.issuer}</span> yet. The
            role needs it.
          </Notice>
          <ButtonForm
            action={addNeededProviderAction.bind(null, { registryKey, ...needed, query: here })}
            button={`Add it for ${needed.audiences.join(', ')}`}
          />
        </div>
      )}
      <CreateRoleForm
        action={createRoleAction.bind(null, { registryKey, registryId })}
        key={written?.policy}
        settings={{
          permission: 'pusher',
          description: '',
          maxSessionSeconds: DEFAULT_SESSION_SECONDS,
          acceptsTokenLogin: false,
          trustPolicy: written?.policy ?? '',
        }}
      />
    </section>
  );
}

/** The answer is null before the preset's fields are filled in. */
function readSample(
  sample: TrustSample | null,
  query: RawSearchParams,
  registryId: string,
): { values: Record<string, string>; answer: SampleAnswer | null } {
  const names = sample ? sampleFields(sample).map(({ name }) => name) : [];
  const given = names.filter((name) => query[name] !== undefined);
  const values = Object.fromEntries(given.map((name) => [name, textParam(query, name)]));
  if (!sample || given.length === 0) return { values, answer: null };
  return { values, answer: writeTrustSample(sample, values, { registryId }) };
}
