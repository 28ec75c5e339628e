import { MAX_KEYED_TAGS, type KeyedTag } from '#lib/access/tags/schema.ts';
import { ActionForm } from '../forms/action-form.tsx';
import { ButtonForm } from '../forms/button-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';
import { DenseRow, DenseTable } from '../ui/dense-table.tsx';

const COLUMNS = ['Key', 'Value', 'Change'];

type ResourceTagsProps = { tags: KeyedTag[]; add: FormAction; remove: (key: string) => FormAction };

/** A repository's keys and values, which only members see. */
export function ResourceTags({ tags, add, remove }: ResourceTagsProps) {
  return (
    <div className="flex max-w-2xl flex-col gap-4">
      <p className="text-sm text-muted">
        Keys and values that help you sort and bill repositories, as in AWS. They aren’t shown on the repository’s page.
      </p>
      {tags.length > 0 && (
        <DenseTable columns={COLUMNS} label="Table of resource tags" width="narrow">
          {tags.map(({ key, value }) => (
            <DenseRow columns={COLUMNS} key={key}>
              <th className="max-w-64 text-left font-semibold break-words" dir="auto" scope="row">
                {key}
              </th>
              <td className="max-w-64 break-words" dir="auto">
                {value}
              </td>
              <td>
                <ButtonForm about={`resource tag ${key}`} action={remove(key)} button="Remove" />
              </td>
            </DenseRow>
          ))}
        </DenseTable>
      )}
      {tags.length >= MAX_KEYED_TAGS && (
        <p className="text-muted">The repository has {tags.length} resource tags, which is the limit.</p>
      )}
      <ActionForm action={add} button="Save resource tag" noticePlace="bottom" successNotice="Saved." tone="plain">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <TextField
            autoComplete="off"
            hint="An existing key gets the new value. Keys that begin with aws: are reserved"
            label="Key"
            maxLength={128}
            name="key"
            required
          />
          <TextField autoComplete="off" label="Value" maxLength={256} name="value" />
        </div>
      </ActionForm>
    </div>
  );
}
