import type { Metadata } from 'next';
import { TEMPLATES, REGISTRIES, templatesLink } from '#components/links.ts';
import { TemplateCard } from '#components/templates/template-card.tsx';
import { TemplateForm } from '#components/templates/template-form.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { isAllowed } from '#lib/access/authorize.ts';
import { getApp } from '#lib/app.ts';
import { MAX_TEMPLATES } from '#lib/repositories/templates/schema.ts';
import { showTemplates } from '#lib/repositories/templates/show-templates.ts';
import { chooseRegistry } from '../../_lib/choose-registry.ts';
import { ConsolePage } from '../../_lib/frames/console-page.tsx';
import { RegistryTabs } from '../../_lib/frames/registry-tabs.tsx';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { createTemplateAction, deleteTemplateAction, updateTemplateAction } from './actions.ts';

export const metadata: Metadata = { title: 'Creation templates', robots: { index: false } };

export default async function TemplatesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const app = getApp();
  const caller = await requireCaller(TEMPLATES);
  const { registries, chosen } = await chooseRegistry(caller, await searchParams);
  if (!chosen) return null;
  const { id: registryKey, primaryAlias: alias } = chosen;
  const canSee = isAllowed({ ...caller, action: 'ecr:DescribeRepositoryCreationTemplates', membership: chosen });
  const templates = canSee ? await showTemplates(app, { caller, registryKey }) : [];
  const hasKms = app.repositoryKeys.isAvailable;
  return (
    <ConsolePage at={TEMPLATES} caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Creation templates</h1>
      <p className="mb-6 max-w-2xl text-muted">
        A push, a pull-through rule or replication can create a repository. The template with the longest matching
        prefix gives it its settings. Existing repositories stay as they are.
      </p>
      <RegistryTabs chosen={chosen} href={(registry) => templatesLink({ registry })} registries={registries} />
      {canSee ? (
        <div className="flex flex-col gap-6" key={alias}>
          {templates.length === 0 ? (
            <EmptyState title="No templates yet">
              <p>
                New repositories get the settings of the registry. Choose what a push does under{' '}
                <a className="link" href={REGISTRIES}>
                  Registries
                </a>
                .
              </p>
            </EmptyState>
          ) : (
            <ul className="flex flex-col gap-4">
              {templates.map((template) => (
                <TemplateCard
                  alias={alias}
                  hasKms={hasKms}
                  key={template.prefix}
                  remove={deleteTemplateAction.bind(null, { registryKey, prefix: template.prefix })}
                  template={template}
                  update={updateTemplateAction.bind(null, { registryKey, prefix: template.prefix })}
                />
              ))}
            </ul>
          )}
          {templates.length < MAX_TEMPLATES && (
            <section aria-labelledby="new-template" className="max-w-2xl rounded-lg border border-line p-4">
              <h2 className="mb-3 text-lg font-semibold" id="new-template">
                New template
              </h2>
              <TemplateForm action={createTemplateAction.bind(null, registryKey)} alias={alias} hasKms={hasKms} />
            </section>
          )}
        </div>
      ) : (
        <p className="text-muted">Only owners and maintainers see templates. Your role is {chosen.role}.</p>
      )}
    </ConsolePage>
  );
}
