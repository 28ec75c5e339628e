import { ActionForm } from './action-form.tsx';
import type { FormAction } from './form-state.ts';

type ButtonFormProps = {
  action: FormAction;
  button: string;
  /** What it acts on, for screen readers, where a page has several such buttons. */
  about?: string;
  tone?: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
};

/** One button, and the error if the action is refused. */
export function ButtonForm({ action, button, about, tone = 'plain', isSmall = true }: ButtonFormProps) {
  return (
    <ActionForm
      action={action}
      button={<ButtonText about={about} text={button} />}
      className="gap-2"
      isSmall={isSmall}
      tone={tone}
    />
  );
}

type ConfirmedButtonFormProps = ButtonFormProps & {
  summary: string;
  /** The consequence, above the button. */
  warning?: string;
};

/** Asks for confirmation first, also without JavaScript. */
export function ConfirmedButtonForm({ summary, warning, ...form }: ConfirmedButtonFormProps) {
  return (
    <details>
      <summary className="button button-small w-fit">
        <ButtonText about={form.about} text={`${summary} …`} />
      </summary>
      <div className="mt-2">
        {warning && <p className="mb-2 text-sm text-muted">{warning}</p>}
        <ButtonForm {...form} tone="danger" />
      </div>
    </details>
  );
}

function ButtonText({ text, about }: { text: string; about?: string }) {
  return (
    <>
      {text}
      {about && <span className="sr-only"> {about}</span>}
    </>
  );
}
