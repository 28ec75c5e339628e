import type { TemplateSettingsInput } from '#lib/repositories/templates/schema.ts';
import { textOf, textsOf } from '../../_lib/actions/run-action.ts';

/** Reads the fields of a template's form. The use case refuses wrong values. */
export function readTemplate(form: FormData): TemplateSettingsInput {
  const tagMutability = textOf(form, 'tagMutability') as NonNullable<TemplateSettingsInput['tagMutability']>;
  const usesKms = textOf(form, 'usesKms') !== '';
  const policy = textOf(form, 'repositoryPolicy').trim();
  const lifecycle = textOf(form, 'lifecyclePolicy').trim();
  return {
    appliedFor: textsOf(form, 'appliedFor') as TemplateSettingsInput['appliedFor'],
    description: textOf(form, 'description'),
    visibility: (textOf(form, 'visibility') || null) as 'public' | 'private' | null,
    tagMutability,
    // Patterns of a rule that was switched off stay in the form.
    tagExclusions: tagMutability.endsWith('exclusion') ? linesOf(form, 'tagExclusions') : [],
    repositoryPolicy: policy || null,
    lifecyclePolicy: lifecycle || null,
    resourceTags: linesOf(form, 'resourceTags').map((line) => {
      const [key = '', ...value] = line.split('=');
      return { key: key.trim(), value: value.join('=').trim() };
    }),
    usesKms,
    kmsKey: usesKms ? textOf(form, 'kmsKey').trim() || null : null,
  };
}

function linesOf(form: FormData, name: string): string[] {
  return textOf(form, name)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
