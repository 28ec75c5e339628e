import { TAG_MUTABILITY_LABELS } from '#lib/repositories/tag-mutability/schema.ts';
import { TEMPLATE_PURPOSE_LABELS } from '#lib/repositories/templates/schema.ts';
import type { CreationTemplate } from '#lib/repositories/templates/template-rows.ts';
import { ConfirmedButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { Chip } from '../ui/chip.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { TemplateForm } from './template-form.tsx';

type TemplateCardProps = {
  template: CreationTemplate;
  alias: string;
  hasKms: boolean;
  update: FormAction;
  remove: FormAction;
};

/** Shows a creation template, with a form that changes it. */
export function TemplateCard({ template, alias, hasKms, update, remove }: TemplateCardProps) {
  const { prefix, description, appliedFor, updatedAt } = template;
  const names = `${[alias, prefix].filter(Boolean).join('/')}/*`;
  return (
    <li className="max-w-2xl rounded-lg border border-line p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="font-mono font-semibold break-all">{names}</h2>
          {description !== '' && (
            <p className="break-words" dir="auto">
              {description}
            </p>
          )}
          <p className="text-sm text-muted">
            For {appliedFor.map((purpose) => TEMPLATE_PURPOSE_LABELS[purpose].toLowerCase()).join(', ')} · changed{' '}
            <TimeAgo date={updatedAt} />
          </p>
        </div>
        <ConfirmedButtonForm
          about={`the template for ${names}`}
          action={remove}
          button="Delete template"
          summary="Delete"
          warning="New repositories no longer get its settings. Existing repositories stay as they are."
        />
      </div>
      <p className="mt-3 flex flex-wrap gap-2">
        {settingsOf(template).map((text) => (
          <Chip key={text}>{text}</Chip>
        ))}
      </p>
      <div className="mt-3">
        <TemplateForm action={update} alias={alias} current={template} hasKms={hasKms} />
      </div>
    </li>
  );
}

function settingsOf({ visibility, tagMutability, resourceTags, ...template }: CreationTemplate): string[] {
  return [
    ...(visibility === null ? [] : [visibility === 'public' ? 'Public' : 'Private']),
    TAG_MUTABILITY_LABELS[tagMutability],
    ...(template.lifecyclePolicy === null ? [] : ['Lifecycle policy']),
    ...(template.repositoryPolicy === null ? [] : ['Repository policy']),
    ...(resourceTags.length === 0
      ? []
      : [`${resourceTags.length} resource ${resourceTags.length === 1 ? 'tag' : 'tags'}`]),
    ...(template.usesKms ? ['KMS key'] : []),
  ];
}
