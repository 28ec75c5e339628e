import type { ReactNode } from 'react';
import { CatalogDataForm } from '#components/console/catalog-data-form.tsx';
import { DeprecationForm } from '#components/console/deprecation-form.tsx';
import { FeaturedTagForm } from '#components/console/featured-tag-form.tsx';
import { ReadmeForm } from '#components/console/readme-form.tsx';
import { RepositoryEncryption } from '#components/console/repository-encryption.tsx';
import { ResourceTags } from '#components/console/resource-tags.tsx';
import { LogoForm } from '#components/console/logo-form.tsx';
import { TagMutabilityForm } from '#components/console/tag-mutability-form.tsx';
import { UntaggedDaysForm } from '#components/console/untagged-days-form.tsx';
import { ALIASES } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { getReadme } from '#lib/gallery/readme/get-readme.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { findRepositoryKey } from '#lib/repositories/own/find-repository-key.ts';
import { findResourceTags } from '#lib/repositories/resource-tags/find-resource-tags.ts';
import { toDeprecation } from '#lib/repositories/deprecation/deprecation.ts';
import { getWorkKey } from '../../../../_lib/session/session.ts';
import {
  featureTagAction,
  previewMarkdown,
  setReadmeSourceAction,
  setRepositoryLogoAction,
  setTagMutabilityAction,
  setUntaggedDaysAction,
  updateCatalogDataAction,
} from '../../../actions.ts';
import { deprecateAction, undeprecateAction } from '../../actions.ts';
import { addResourceTagAction, removeResourceTagAction } from '../../resource-tag-actions.ts';

/** What the repository’s page says, which tags can be overwritten, and how long untagged manifests are kept. */
export async function SettingsTab({ loaded }: { loaded: ConsoleRepository }) {
  const { path, repository, catalogData, can } = loaded;
  const { alias, name } = path;
  if (!can('ecr-public:PutRepositoryCatalogData')) {
    return (
      <p className="text-muted">
        Only owners and maintainers can change the settings. Your role is {repository.membership?.role}.
      </p>
    );
  }
  const { markdown, sealingKeys } = getApp();
  const workKey = await getWorkKey();
  return (
    <div className="flex flex-col gap-10">
      <Section title="Page content">
        <CatalogDataForm
          action={updateCatalogDataAction.bind(null, { alias, name })}
          catalogData={catalogData}
          preview={previewMarkdown.bind(null, catalogData.sourceUrl)}
          rendered={{
            aboutText: await markdown.render(catalogData.aboutText, workKey, catalogData),
            usageText: await markdown.render(catalogData.usageText, workKey, catalogData),
          }}
        />
      </Section>
      <Section title="README">
        <ReadmeForm
          action={setReadmeSourceAction.bind(null, { alias, name })}
          readme={await getReadme(getApp(), { repositoryId: repository.id })}
        />
      </Section>
      <Section title="Featured tag">
        <FeaturedTagForm action={featureTagAction.bind(null, { alias, name })} featuredTag={catalogData.featuredTag} />
      </Section>
      <Section title="Logo">
        <p className="mb-4 max-w-2xl text-sm text-muted">
          {catalogData.isLogoShown
            ? 'Shown in lists and on the repository’s page. Without one, the registry’s logo is used.'
            : 'Saved, but not shown yet. The gallery shows logos of verified publishers only.'}{' '}
          {!catalogData.isLogoShown && (
            <a className="link" href={ALIASES}>
              Verify a domain to become a verified publisher
            </a>
          )}
        </p>
        <LogoForm
          action={setRepositoryLogoAction.bind(null, { alias, name })}
          logoId={repository.quarantineReason === null ? catalogData.logoId : null}
          tileName={name.split('/').at(-1) ?? name}
        />
      </Section>
      <Section title="Deprecation">
        <DeprecationForm
          deprecation={toDeprecation(catalogData)}
          fullName={`${alias}/${name}`}
          remove={undeprecateAction.bind(null, { alias, name })}
          save={deprecateAction.bind(null, { alias, name })}
        />
      </Section>
      {can('ecr:PutImageTagMutability') && (
        <Section title="Tag mutability">
          <TagMutabilityForm action={setTagMutabilityAction.bind(null, { alias, name })} rule={catalogData} />
        </Section>
      )}
      <Section title="Encryption">
        <RepositoryEncryption
          isSealing={sealingKeys.isSealing}
          repositoryKey={await findRepositoryKey(getApp(), { repositoryId: repository.id })}
        />
      </Section>
      {can('ecr:PutLifecyclePolicy') && !repository.upstream && (
        <Section title="Untagged manifests">
          <UntaggedDaysForm
            action={setUntaggedDaysAction.bind(null, { alias, name })}
            untaggedDays={catalogData.untaggedDays}
          />
        </Section>
      )}
      {can('ecr:TagResource') && (
        <Section title="Resource tags">
          <ResourceTags
            add={addResourceTagAction.bind(null, { alias, name })}
            remove={(key) => removeResourceTagAction.bind(null, { alias, name, key })}
            tags={await findResourceTags(getApp(), { repositoryId: repository.id })}
          />
        </Section>
      )}
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-3 text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
