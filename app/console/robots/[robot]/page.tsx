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
import { Chip } from '#components/ui/chip.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { principalName } from '#lib/access/resource-names.ts';
import { getApp } from '#lib/app.ts';
import { MAX_ACCESS_KEYS } from '#lib/identity/access-keys/schema.ts';
import { listRobotCredentials, listRobots } from '#lib/publishers/robots/robot-queries.ts';
import { chooseRegistry } from '../../../_lib/choose-registry.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
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
      <p className="mb-2 text-sm">
        <a className="link" href={robotsLink({ registry: registryId })}>
          Robots of <span className="font-mono">{primaryAlias}</span>
        </a>
      </p>
      <h1 className="flex flex-wrap items-center gap-2 font-mono text-xl font-semibold break-all">
        {name}
        {!isEnabled && <Chip tone="warning">Disabled</Chip>}
      </h1>
      <p className="mb-8 text-sm text-muted">
        <span className="font-mono break-all">{principalName(registryId, { userId, robot: bound })}</span>
        <br />
        Created <TimeAgo date={createdAt} /> · <RobotUse lastUsedAt={lastUsedAt} />
      </p>
      <div className="flex flex-col gap-12">
        <section aria-labelledby="settings" className="max-w-2xl">
          <h2 className="mb-3 text-lg font-semibold" id="settings">
            Settings
          </h2>
          <RobotSettingsForm action={saveRobotAction.bind(null, bound)} description={description} role={role} />
        </section>
        <section aria-labelledby="tokens" className="max-w-2xl">
          <h2 className="mb-1 text-lg font-semibold" id="tokens">
            Access tokens
          </h2>
          <p className="mb-4 text-muted">
            For <code className="font-mono">docker login</code>, with any user name, and the REST API
          </p>
          <CreateTokenForm action={createRobotTokenAction.bind(null, bound)} host={host} userName={name} />
          {accessTokens.length > 0 && (
            <div className="mt-4">
              <TokenTable revoke={revokeRobotTokenAction.bind(null, bound)} tokens={accessTokens} />
            </div>
          )}
        </section>
        <section aria-labelledby="keys" className="max-w-2xl">
          <h2 className="mb-1 text-lg font-semibold" id="keys">
            Access keys
          </h2>
          <p className="mb-4 text-muted">For the AWS CLI, SDKs and Terraform</p>
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
        </section>
        <section aria-labelledby="pulls" className="max-w-2xl">
          <h2 className="mb-1 text-lg font-semibold" id="pulls">
            Pulls
          </h2>
          <p className="mb-4 text-muted">
            {arePullsExcluded
              ? 'Its pulls don’t change when an image was last pulled.'
              : 'Exclude the pulls of a scanner, so that they don’t change when an image was last pulled.'}
          </p>
          <ButtonForm
            action={switchRobotPullsAction.bind(null, { ...bound, userId, isExcluded: !arePullsExcluded })}
            button={arePullsExcluded ? 'Include pulls' : 'Exclude pulls'}
          />
        </section>
        <section aria-labelledby="danger" className="max-w-2xl">
          <h2 className="mb-1 text-lg font-semibold" id="danger">
            {isEnabled ? 'Disable or remove' : 'Enable or remove'}
          </h2>
          <p className="mb-4 text-muted">
            The credentials of a disabled robot are refused until it is enabled again. Removing it deletes them.
          </p>
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
        </section>
      </div>
    </ConsolePage>
  );
}
