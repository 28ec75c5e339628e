import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { AccessKeyList } from '#components/access-keys/access-key-list.tsx';
import { CreateAccessKeyForm } from '#components/access-keys/create-access-key-form.tsx';
import { CreateTokenForm } from '#components/account/create-token-form.tsx';
import { TokenTable } from '#components/account/token-table.tsx';
import { ButtonForm, ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { ROBOTS, robotsLink } from '#components/links.ts';
import { RobotSettingsForm } from '#components/robots/robot-form.tsx';
import { RobotUse } from '#components/robots/robot-list.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { principalName } from '#lib/access/resource-names.ts';
import { getApp } from '#lib/app.ts';
import { MAX_ACCESS_KEYS } from '#lib/identity/access-keys/schema.ts';
import { listRobotCredentials, listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { PartHeader, PartSection, PoliciesSection } from '../../../_lib/frames/part-pages.tsx';
import { getPullAddress, getVisitedOrigin } from '../../../_lib/repository/pull-address.ts';
import type { RawSearchParams } from '../../../_lib/search-params.ts';
import { requireCaller } from '../../../_lib/session/session.ts';
import { deleteAccessKeyAction, switchAccessKeyAction } from '../../access-keys/actions.ts';
import {
  createRobotKeyAction,
  createRobotTokenAction,
  removeRobotAction,
  revokeRobotTokenAction,
  saveRobotAction,
  switchRobotAction,
  switchRobotPullsAction,
} from '../actions.ts';

export const metadata: Metadata = { title: 'Robot', robots: { index: false } };

type RobotPageProps = { params: Promise<{ robot: string }>; searchParams: Promise<RawSearchParams> };

export default async function RobotPage({ params, searchParams }: RobotPageProps) {
  const app = getApp();
  const { robot: name } = await params;
  const caller = await requireCaller(ROBOTS);
  const { chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen || !isAllowed({ ...caller, action: 'vitrine:ManageRobots', membership: chosen })) notFound();
  const { id: registryKey, registryId, primaryAlias } = chosen;
  const robots = await listRobots(app, { caller, registryKey });
  const robot = robots.find((one) => one.name === name);
  if (!robot) notFound();
  const [{ accessTokens, accessKeys }, { host }, endpoint] = await Promise.all([
    listRobotCredentials(app, { caller, registryKey, name }),
    getPullAddress(),
    getVisitedOrigin(),
  ]);
  const { userId, role, description, createdAt, disabledAt, lastUsedAt, arePullsExcluded } = robot;
  const bound = { registryKey, registryId, name };
  const isEnabled = disabledAt === null;
  return (
    <ConsolePage at={ROBOTS} caller={caller}>
      <PartHeader
        arn={principalName(registryId, { userId, robot: bound })}
        createdAt={createdAt}
        isDisabled={!isEnabled}
        name={name}
        parent={{ title: 'Robots', alias: primaryAlias, href: robotsLink({ registry: registryId }) }}
        use={<RobotUse lastUsedAt={lastUsedAt} />}
      />
      <div className="flex max-w-2xl flex-col gap-12">
        <PartSection id="settings" title="Settings">
          <RobotSettingsForm action={saveRobotAction.bind(null, bound)} description={description} role={role} />
        </PartSection>
        {isAllowed({ ...caller, action: 'vitrine:ManagePolicies', membership: chosen }) && (
          <PoliciesSection
            hint="They allow more than the role, or deny what it allows"
            principal={name}
            registry={registryId}
          />
        )}
        <PartSection
          hint={
            <>
              For <code className="font-mono">docker login</code>, with any user name, and the REST API
            </>
          }
          id="tokens"
          title="Access tokens"
        >
          <CreateTokenForm action={createRobotTokenAction.bind(null, bound)} host={host} userName={name} />
          {accessTokens.length > 0 && (
            <div className="mt-4">
              <TokenTable revoke={revokeRobotTokenAction.bind(null, bound)} tokens={accessTokens} />
            </div>
          )}
        </PartSection>
        <PartSection hint="For the AWS CLI, SDKs and Terraform" id="keys" title="Access keys">
          <CreateAccessKeyForm
            action={createRobotKeyAction.bind(null, bound)}
            address={{ endpoint, host, region: app.config.site.region }}
            isFull={accessKeys.length >= MAX_ACCESS_KEYS}
            max={MAX_ACCESS_KEYS}
            robot={name}
          />
          {accessKeys.length > 0 && (
            <div className="mt-4">
              <AccessKeyList
                accessKeys={accessKeys}
                actions={{
                  switchTo: (accessKeyId, toEnabled) =>
                    switchAccessKeyAction.bind(null, { registryKey, accessKeyId, isEnabled: toEnabled }),
                  remove: (accessKeyId) => deleteAccessKeyAction.bind(null, { registryKey, accessKeyId }),
                }}
              />
            </div>
          )}
        </PartSection>
        <PartSection
          hint={
            arePullsExcluded
              ? 'Its pulls don’t change when an image was last pulled.'
              : 'Exclude the pulls of a scanner, so that they don’t change when an image was last pulled.'
          }
          id="pulls"
          title="Pulls"
        >
          <ButtonForm
            action={switchRobotPullsAction.bind(null, { ...bound, userId, isExcluded: !arePullsExcluded })}
            button={arePullsExcluded ? 'Include pulls' : 'Exclude pulls'}
          />
        </PartSection>
        <PartSection
          hint="The credentials of a disabled robot are refused until it is enabled again. Removing it deletes them."
          id="danger"
          title={isEnabled ? 'Disable or remove' : 'Enable or remove'}
        >
          <div className="flex flex-wrap items-start gap-2">
            <ButtonForm
              action={switchRobotAction.bind(null, { ...bound, isEnabled: !isEnabled })}
              button={isEnabled ? 'Disable robot' : 'Enable robot'}
            />
            <ConfirmedButtonForm
              about={name}
              action={removeRobotAction.bind(null, bound)}
              button="Remove robot"
              summary="Remove"
              warning="Its access tokens and access keys stop working immediately."
            />
          </div>
        </PartSection>
      </div>
    </ConsolePage>
  );
}
