import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { TextField } from '../forms/text-field.tsx';

type RenameFormProps = { action: FormAction; alias: string; name: string };

export function RenameForm({ action, alias, name }: RenameFormProps) {
  return (
    <ActionForm
      action={action}
      button="Rename repository"
      className="gap-3"
      fold={{ summary: 'Rename …', className: 'mt-3 max-w-xl' }}
      tone="danger"
    >
      <TextField
        defaultValue={name}
        hint={
          <>
            After <code className="font-mono break-all">{alias}/</code>. Lowercase letters and digits, separated by
            single <code className="font-mono whitespace-nowrap">. _ - /</code>
          </>
        }
        isCode
        label="New name"
        maxLength={200}
        name="name"
        required
      />
    </ActionForm>
  );
}
