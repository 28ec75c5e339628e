import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ManagedPolicySettingsForm } from '#components/console/policy/managed-policy-forms.tsx';
import { PolicyEditor } from '#components/console/policy/policy-editor.tsx';
import { PolicyVersionList } from '#components/console/policy/policy-version-list.tsx';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { CONSOLE_POLICIES, policiesLink, policyLink, principalLink } from '#components/links.ts';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { readManagedPolicy } from '#lib/publishers/managed-policies/managed-policy-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { decodePart } from '../../../_lib/decode-part.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartHeader, PartSection } from '../../../_lib/frames/part-pages.tsx';
import { textParam, type RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import {
  deletePolicyAction,
  deletePolicyVersionAction,
  editPolicyVersionAction,
  savePolicyAction,
  setDefaultVersionAction,
} from '../actions.ts';

export const metadata: Metadata = { title: 'Managed policy', robots: { index: false } };

type PolicyPageProps = { params: Promise<{ policy: string }>; searchParams: Promise<RawSearchParams> };

export default async function PolicyPage({ params, searchParams }: PolicyPageProps) {
  const reference = decodePart((await params).policy);
  const query = await searchParams;
  const caller = await requireCaller(CONSOLE_POLICIES);
  const { chosen } = await chooseRegistry(caller, query);
  if (!chosen || !isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen })) notFound();
  const { id: registryKey, registryId: registry, primaryAlias } = chosen;
  const policy = await findPolicy({ caller, registryKey, policy: reference });
  const { name, arn, isAws, description, createdAt, versions, attachments } = policy;
  const bound = { registryKey, registryId: registry, name };
  const shown =
    versions.find(({ version }) => String(version) === textParam(query, 'version')) ??
    versions.find(({ isDefault }) => isDefault);
  return (
    <ConsolePage at={CONSOLE_POLICIES} caller={caller}>
      <PartHeader
        arn={arn}
        createdAt={createdAt}
        name={name}
        parent={{ title: 'Managed policies', alias: primaryAlias, href: policiesLink({ registry }) }}
        use={isAws ? 'Managed by AWS' : `Version ${policy.defaultVersion} is the default`}
      />
      <div className="flex max-w-3xl flex-col gap-12">
        {isAws && <p>{description}</p>}
        <PartSection id="attachments" title="Attached to">
          {attachments.length === 0 ? (
            <p className="text-muted">Nobody yet. Attach it on the page of a member, robot, role or team.</p>
          ) : (
            <ul className="list-disc pl-5">
              {attachments.map(({ principal, kind, name: holder }) => (
                <li key={principal}>
                  {kind}{' '}
                  <a className="link font-mono break-all" href={principalLink({ registry, principal })}>
                    {holder}
                  </a>
                </li>
              ))}
            </ul>
          )}
        </PartSection>
        <PartSection id="policy" title={shown ? `Policy, version ${shown.version}` : 'Policy'}>
          {isAws ? (
            <pre className="overflow-auto rounded-md border border-line p-3 font-mono text-sm" tabIndex={0}>
              {shown?.policy}
            </pre>
          ) : (
            <PolicyEditor
              action={editPolicyVersionAction.bind(null, bound)}
              isSaved={textParam(query, 'saved') === String(shown?.version)}
              key={shown?.version}
              kind="identity"
              revision={0}
              text={shown?.policy ?? ''}
            />
          )}
        </PartSection>
        {!isAws && (
          <>
            <PartSection
              hint="The default version applies wherever the policy is attached. Saving adds a version and makes it the default."
              id="versions"
              title="Versions"
            >
              <PolicyVersionList
                linkTo={(version) => policyLink({ registry, policy: name, version })}
                makeDefault={(version) => setDefaultVersionAction.bind(null, { ...bound, version })}
                remove={(version) => deletePolicyVersionAction.bind(null, { ...bound, version })}
                versions={versions}
              />
            </PartSection>
            <PartSection id="settings" title="Settings">
              <ManagedPolicySettingsForm action={savePolicyAction.bind(null, bound)} description={description} />
            </PartSection>
            <PartSection hint="It has to be detached everywhere first." id="danger" title="Delete">
              <ConfirmedButtonForm
                about={name}
                action={deletePolicyAction.bind(null, bound)}
                button="Delete policy"
                summary="Delete"
                warning="Its versions are deleted too."
              />
            </PartSection>
          </>
        )}
      </div>
    </ConsolePage>
  );
}

async function findPolicy(asked: Parameters<typeof readManagedPolicy>[1]) {
  try {
    return await readManagedPolicy(getApp(), asked);
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') notFound();
    throw error;
  }
}
