import { MAX_TAG_EXCLUSIONS, type TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { RadioField } from '../forms/radio-field.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';

const CHOICES = [
  { value: 'mutable', title: 'Mutable', text: 'A push can overwrite every tag' },
  { value: 'immutable', title: 'Immutable', text: 'A push can add tags, but can’t overwrite any' },
  {
    value: 'immutable_with_exclusion',
    title: 'Immutable with exceptions',
    text: 'A push can only overwrite tags that match a pattern below',
  },
  {
    value: 'mutable_with_exclusion',
    title: 'Mutable with exceptions',
    text: 'A push can overwrite every tag except those that match a pattern below',
  },
];

/** Chooses which tags can be overwritten. */
export function TagMutabilityForm({ action, rule }: { action: FormAction; rule: TagMutabilityRule }) {
  return (
    <ActionForm
      action={action}
      button="Save tag mutability"
      className="max-w-xl gap-3"
      noticePlace="bottom"
      successNotice="Saved."
    >
      <RadioField choices={CHOICES} defaultValue={rule.tagMutability} label="Tags" name="tagMutability" />
      <TextAreaField
        defaultValue={rule.tagExclusions.join('\n')}
        hint={`Only used with exceptions. One per line, at most ${MAX_TAG_EXCLUSIONS}. * matches any characters, as in dev-*`}
        label="Patterns"
        name="tagExclusions"
        rows={3}
        spellCheck={false}
      />
    </ActionForm>
  );
}
