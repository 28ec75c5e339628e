import { architectureName, operatingSystemName } from '#lib/oci/facts/platform.ts';
import { CATEGORY_CHOICES, MAX_CATEGORIES } from '#lib/repositories/categories.ts';
import { ARCHITECTURES, OPERATING_SYSTEMS, type CatalogData } from '#lib/repositories/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { CheckboxGroup } from '../forms/checkbox-field.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { MarkdownField } from './markdown-field.tsx';

type CatalogDataFormProps = {
  action: FormAction;
  catalogData: CatalogData;
  /** The saved texts as HTML. */
  rendered: { aboutText: string; usageText: string };
  preview: (text: string) => Promise<string>;
};

export function CatalogDataForm({ action, catalogData, rendered, preview }: CatalogDataFormProps) {
  const { description, aboutText, usageText, operatingSystems, architectures, categories } = catalogData;
  return (
    <ActionForm
      action={action}
      button="Save changes"
      className="gap-6"
      noticePlace="bottom"
      warnsOfUnsaved
      successNotice="Saved. Search shows the changes within seconds."
    >
      <div className="max-w-xl">
        <TextField
          defaultValue={description}
          hint="One line, shown in search results"
          label="Description"
          maxLength={1024}
          name="description"
        />
      </div>
      <CheckboxGroup
        checked={categories}
        choices={CATEGORY_CHOICES}
        errorKeys={['catalogData.categories']}
        hint={`Up to ${MAX_CATEGORIES}, so that people who browse find it`}
        label="Categories"
        name="categories"
      />
      <MarkdownField
        initialHtml={rendered.aboutText}
        initialText={aboutText}
        label="About"
        name="aboutText"
        preview={preview}
      />
      <MarkdownField
        initialHtml={rendered.usageText}
        initialText={usageText}
        label="Usage"
        name="usageText"
        preview={preview}
      />
      <div className="flex flex-wrap gap-x-12 gap-y-4">
        <CheckboxGroup
          checked={operatingSystems}
          choices={toChoices(OPERATING_SYSTEMS, operatingSystems, operatingSystemName)}
          label="Operating systems"
          name="operatingSystems"
        />
        <CheckboxGroup
          checked={architectures}
          choices={toChoices(ARCHITECTURES, architectures, architectureName)}
          label="Architectures"
          name="architectures"
        />
      </div>
    </ActionForm>
  );
}

/** Keeps the spelling of current values, because Terraform compares it. */
function toChoices(offered: string[], current: string[], nameOf: (text: string) => string) {
  const spellings = new Map(current.map((spelling) => [nameOf(spelling), spelling]));
  return [...new Set([...offered, ...spellings.keys()])].map((name) => ({
    value: spellings.get(name) ?? name,
    text: name,
  }));
}
