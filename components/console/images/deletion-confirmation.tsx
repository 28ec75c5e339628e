import type { ReactNode } from 'react';
import { ActionForm } from '../../forms/action-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';

type DeletionConfirmationProps = {
  /** Names the section, such as `Tags to delete`. */
  label: string;
  /** What is deleted, such as `2 tags`. */
  what: string;
  listLabel: string;
  items: { key: string; text: string; title?: string }[];
  remove: FormAction;
  /** A hidden field with exactly what was shown. */
  field: { name: string; value: string };
  /** Above the list. */
  note?: ReactNode;
  /** The consequences, below the list. */
  children: ReactNode;
};

/** Lists what would be deleted, with the button that does it. */
export function DeletionConfirmation(props: DeletionConfirmationProps) {
  const { label, what, listLabel, items, remove, field, note, children } = props;
  return (
    <section aria-label={label} className="flex flex-col gap-3 rounded-md border border-danger bg-danger-soft p-4">
      <div role="status">
        <h2 className="text-lg font-semibold">Delete {what}?</h2>
      </div>
      {note}
      <ul
        aria-label={listLabel}
        className="flex max-h-48 flex-wrap gap-x-4 gap-y-1 overflow-y-auto rounded border border-line bg-canvas p-2 font-mono text-sm"
        tabIndex={0}
      >
        {items.map(({ key, text, title }) => (
          <li className="wrap-anywhere" key={key} title={title}>
            {text}
          </li>
        ))}
      </ul>
      <p className="text-sm">{children}</p>
      <ActionForm action={remove} button={`Delete ${what}`} className="gap-2" tone="danger">
        <input name={field.name} type="hidden" value={field.value} />
      </ActionForm>
    </section>
  );
}
