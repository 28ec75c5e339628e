import { MAX_KEYED_TAGS } from '#lib/access/tags/schema.ts';
import {
  MAX_TAG_EXCLUSIONS,
  TAG_MUTABILITIES,
  TAG_MUTABILITY_LABELS,
} from '#lib/repositories/tag-mutability/schema.ts';
import {
  TEMPLATE_PURPOSE_LABELS,
  TEMPLATE_PURPOSES,
  type TemplateSettings,
} from '#lib/repositories/templates/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxField, CheckboxGroup } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField } from '../forms/select-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { TextField } from '../forms/text-field.tsx';

type TemplateFormProps = {
  action: FormAction;
  alias: string;
  /** Whether repositories can have KMS keys on this site. */
  hasKms: boolean;
  /** Null for a new template, whose prefix can be chosen. */
  current?: TemplateSettings | null;
};

const VISIBILITIES = [
  { value: '', text: 'As the registry says' },
  { value: 'public', text: 'Public' },
  { value: 'private', text: 'Private' },
];
const PURPOSES = TEMPLATE_PURPOSES.map((value) => ({ value, text: TEMPLATE_PURPOSE_LABELS[value] }));
const TAG_RULES = TAG_MUTABILITIES.map((value) => ({ value, text: TAG_MUTABILITY_LABELS[value] }));

/** Creates or changes a creation template. */
export function TemplateForm({ action, alias, hasKms, current = null }: TemplateFormProps) {
  return (
    <ActionForm
      action={action}
      {...(current && { fold: { summary: 'Edit', className: 'mt-3' } })}
      button={current ? 'Save template' : 'Create template'}
      noticePlace="bottom"
      successNotice={current ? 'Template saved.' : 'Template created.'}
    >
      {!current && (
        <TextField
          hint={
            <>
              Names below <span className="font-mono break-all">{alias}/PREFIX</span>. Leave empty for all names
            </>
          }
          isCode
          label="Name prefix"
          maxLength={200}
          name="prefix"
          placeholder="team"
        />
      )}
      <CheckboxGroup
        checked={current?.appliedFor ?? ['push']}
        choices={PURPOSES}
        label="Applies to repositories created by"
        name="appliedFor"
      />
      <TextField defaultValue={current?.description} label="Description" maxLength={256} name="description" />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <SelectField
          choices={VISIBILITIES}
          defaultValue={current?.visibility ?? ''}
          hint="Mirrors follow their rule"
          label="Visibility"
          name="visibility"
        />
        <SelectField
          choices={TAG_RULES}
          defaultValue={current?.tagMutability ?? 'mutable'}
          label="Tag mutability"
          name="tagMutability"
        />
      </div>
      <TextAreaField
        className="font-mono"
        defaultValue={current?.tagExclusions.join('\n')}
        hint={`Only used with exceptions. One pattern per line, at most ${MAX_TAG_EXCLUSIONS}, such as dev-*`}
        label="Tag exceptions"
        name="tagExclusions"
        rows={2}
        spellCheck={false}
      />
      <TextAreaField
        className="font-mono"
        defaultValue={current?.resourceTags.map(({ key, value }) => `${key}=${value}`).join('\n')}
        hint={`One key=value per line, at most ${MAX_KEYED_TAGS}`}
        label="Resource tags"
        name="resourceTags"
        rows={2}
        spellCheck={false}
      />
      <TextAreaField
        className="font-mono"
        defaultValue={current?.lifecyclePolicy ?? ''}
        hint="JSON, as in the lifecycle tab of a repository"
        label="Lifecycle policy"
        name="lifecyclePolicy"
        rows={4}
        spellCheck={false}
      />
      <TextAreaField
        className="font-mono"
        defaultValue={current?.repositoryPolicy ?? ''}
        errorKeys={['repositoryPolicy', 'policy']}
        hint="JSON, as in the policy tab of a repository"
        label="Repository policy"
        name="repositoryPolicy"
        rows={4}
        spellCheck={false}
      />
      {(hasKms || current?.usesKms) && (
        <>
          <CheckboxField isChecked={current?.usesKms ?? false} label="Encrypt with a KMS key" name="usesKms" />
          <TextField
            defaultValue={current?.kmsKey ?? ''}
            errorKeys={['kmsKey', 'usesKms']}
            hint="An ID, ARN or alias. Leave empty for the KMS key of the site"
            isCode
            label="KMS key"
            name="kmsKey"
          />
        </>
      )}
    </ActionForm>
  );
}
