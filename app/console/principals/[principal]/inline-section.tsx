import { PolicyEditor } from '#components/console/policy/policy-editor.tsx';
import { TextField } from '#components/forms/text-field.tsx';
import { principalLink } from '#components/links.ts';
import type { StoredPolicy } from '#lib/access/attached/attached-policy.ts';
import { isPolicyName } from '#lib/publishers/identity-policies/schema.ts';
import {
  IDENTITY_SAMPLE_TITLES,
  IDENTITY_SAMPLES,
  writeIdentitySample,
} from '#lib/repositories/policies/policy-samples.ts';
import { PartSection } from '../../../_lib/frames/part-pages.tsx';
import { findStart } from '../../../_lib/policy/find-start.ts';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { editIdentityPolicyAction } from '../actions.ts';

type InlinePolicySectionProps = {
  bound: { registryKey: bigint; registryId: string; principal: string };
  policies: readonly StoredPolicy[];
  /** The name of a present or new policy. Empty before one is chosen. */
  edited: string;
  query: RawSearchParams;
};

/** Asks for the name of a new policy, which comes back in the page's address, or edits one. */
export function InlinePolicySection({ bound, policies, edited, query }: InlinePolicySectionProps) {
  const { registryId: registry, principal } = bound;
  if (!isPolicyName(edited)) {
    return (
      <PartSection id="policy" title="New policy">
        <form
          action={`${principalLink({ registry, principal }).split('?')[0] ?? ''}#policy`}
          className="flex flex-col gap-4"
        >
          <input name="registry" type="hidden" value={registry} />
          <TextField
            defaultValue={edited}
            error={edited === '' ? undefined : 'Use letters, digits and the characters + = , . @ _ -'}
            isCode
            label="Name"
            maxLength={128}
            name="edit"
            required
          />
          <div>
            <button className="button" type="submit">
              Write policy
            </button>
          </div>
        </form>
      </PartSection>
    );
  }
  const write = (sample: (typeof IDENTITY_SAMPLES)[number]) => writeIdentitySample(sample, registry);
  const start = findStart(query, { samples: IDENTITY_SAMPLES, write, revisions: [] });
  const present = policies.find(({ name }) => name === edited)?.policy ?? '';
  return (
    <PartSection
      id="policy"
      title={
        <>
          Policy <span className="font-mono break-all">{edited}</span>
        </>
      }
    >
      <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        <span>Start with</span>
        {IDENTITY_SAMPLES.map((sample) => (
          <a className="link" href={principalLink({ registry, principal, edit: edited, start: sample })} key={sample}>
            {IDENTITY_SAMPLE_TITLES[sample]}
          </a>
        ))}
      </p>
      <PolicyEditor
        action={editIdentityPolicyAction.bind(null, { ...bound, name: edited })}
        isSaved={textParam(query, 'saved') === edited}
        key={`${edited} ${start?.key ?? ''} ${present}`}
        kind="identity"
        revision={0}
        text={start?.text ?? present}
      />
    </PartSection>
  );
}
