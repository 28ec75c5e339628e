import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { LogoForm } from '#components/console/logo-form.tsx';
import { MEMBERS, PROFILE, publisherLink } from '#components/links.ts';
import { BrandingNotice } from '#components/publisher/branding-notice.tsx';
import { RegistryProfileForm } from '#components/publisher/registry-profile-form.tsx';
import { getApp } from '#lib/app.ts';
import { getRegistryProfile, listPinnable } from '#lib/publishers/registry-profile.ts';
import type { RegistryView } from '#lib/repositories/queries.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { listViewedRegistries } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../_lib/session/session.ts';
import { saveRegistryProfile, setRegistryLogoAction } from './actions.ts';

export const metadata: Metadata = { title: 'Profile', robots: { index: false } };

export default async function ProfilePage() {
  const caller = await requireCaller(PROFILE);
  const registries = await listViewedRegistries(caller);
  return (
    <ConsolePage at={PROFILE} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Profile</h1>
      <p className="mb-6 max-w-2xl text-muted">What visitors see on your page and beside your repositories.</p>
      <div className="flex flex-col gap-12">
        {registries.map((registry) => (
          <RegistryProfile caller={caller} key={registry.registryId} registry={registry} />
        ))}
      </div>
    </ConsolePage>
  );
}

function RegistryProfile({ caller, registry }: { caller: UserCaller; registry: RegistryView }) {
  const { primaryAlias, displayName, role } = registry;
  const canEdit = isAllowed({ ...caller, action: 'ecr-public:PutRegistryCatalogData', membership: registry });
  return (
    <section aria-labelledby={`profile-${primaryAlias}`} className="max-w-xl">
      <h2 className="mb-3 font-mono text-lg font-semibold" id={`profile-${primaryAlias}`}>
        <a className="hover:underline" href={publisherLink(primaryAlias)}>
          {primaryAlias}
        </a>
      </h2>
      {canEdit ? (
        <ProfileForms registry={registry} />
      ) : (
        <p className="text-muted">
          {displayName || primaryAlias}. Only owners and maintainers can edit the profile. Your role is {role}.{' '}
          <a className="link" href={MEMBERS}>
            View members
          </a>
        </p>
      )}
    </section>
  );
}

async function ProfileForms({ registry }: { registry: RegistryView }) {
  const { id, primaryAlias, displayName, logoId, isBrandingShown, isVerified, isVerifiedByAdmin, nameState } = registry;
  const [profile, pinnable] = await Promise.all([
    getRegistryProfile(getApp(), { registryKey: id }),
    listPinnable(getApp(), { registryKey: id }),
  ]);
  return (
    <>
      <div className="mb-4">
        <BrandingNotice alias={primaryAlias} isShown={isBrandingShown} isVerified={isVerified} nameState={nameState} />
      </div>
      <RegistryProfileForm
        action={saveRegistryProfile.bind(null, id)}
        displayName={displayName}
        isVerifiedByAdmin={isVerifiedByAdmin}
        pinnable={pinnable}
        profile={profile}
      />
      <div className="mt-8">
        <LogoForm
          action={setRegistryLogoAction.bind(null, id)}
          logoId={logoId}
          tileName={displayName || primaryAlias}
        />
      </div>
    </>
  );
}
