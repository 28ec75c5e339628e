import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { AccessKeyList } from '#components/access-keys/access-key-list.tsx';
import { CreateAccessKeyForm } from '#components/access-keys/create-access-key-form.tsx';
import { ACCESS_KEYS, accessKeysLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { listAccessKeys } from '#lib/identity/access-keys/list-access-keys.ts';
import { MAX_ACCESS_KEYS } from '#lib/identity/access-keys/schema.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import { getPullAddress, getVisitedOrigin } from '../../_lib/repository/pull-address.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createAccessKeyAction, deleteAccessKeyAction, switchAccessKeyAction } from './actions.ts';

export const metadata: Metadata = { title: 'Access keys', robots: { index: false } };

export default async function AccessKeysPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(ACCESS_KEYS);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, primaryAlias } = chosen;
  const [accessKeys, { host }, endpoint] = await Promise.all([
    listAccessKeys(app, { caller, registryKey }),
    getPullAddress(),
    getVisitedOrigin(),
  ]);
  const seesAll = isAllowed({ ...caller, action: 'vitrine:ManageAccessKeys', membership: chosen });
  return (
    <ConsolePage at={ACCESS_KEYS} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Access keys</h1>
      <p className="mb-6 max-w-2xl text-muted">
        The AWS CLI, SDKs and Terraform sign requests with an access key. A key acts for you in this registry only, with
        the rights of your role. You can have {MAX_ACCESS_KEYS}, so that you can replace one without an interruption.
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => accessKeysLink({ registry })} registries={registries} />
      <section aria-labelledby="new-key" className="max-w-2xl rounded-lg border border-line p-4" key={primaryAlias}>
        <h2 className="mb-1 text-lg font-semibold" id="new-key">
          New access key
        </h2>
        <p className="mb-4 text-sm break-words text-muted">
          For the registry <span className="font-mono">{primaryAlias}</span>, whose account ID is{' '}
          <span className="font-mono">{chosen.registryId}</span>
        </p>
        <CreateAccessKeyForm
          action={createAccessKeyAction.bind(null, registryKey)}
          address={{ endpoint, host, region: app.config.site.region }}
          isFull={accessKeys.filter(({ isOwn }) => isOwn).length >= MAX_ACCESS_KEYS}
          max={MAX_ACCESS_KEYS}
        />
      </section>
      <h2 className="mt-10 mb-3 text-lg font-semibold">{seesAll ? 'Access keys of all people' : 'Your access keys'}</h2>
      {accessKeys.length === 0 ? (
        <p className="text-muted">No access keys yet.</p>
      ) : (
        <AccessKeyList
          accessKeys={accessKeys}
          actions={{
            switchTo: (accessKeyId, isEnabled) =>
              switchAccessKeyAction.bind(null, { registryKey, accessKeyId, isEnabled }),
            remove: (accessKeyId) => deleteAccessKeyAction.bind(null, { registryKey, accessKeyId }),
          }}
        />
      )}
    </ConsolePage>
  );
}
