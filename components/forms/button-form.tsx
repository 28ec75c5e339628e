import type { ReactNode } from 'react';
import { ActionForm } from './action-form.tsx';
import type { FoldProps } from './fold.tsx';
import type { FormAction } from './form-state.ts';

type ButtonFormProps = {
  action: FormAction;
  button: string;
  /** What it acts on, for screen readers, where a page has several such buttons. */
  about?: string;
  tone?: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
  fold?: FoldProps;
  /** Above the button. */
  children?: ReactNode;
};

/** One button, and the error if the action is refused. */
export function ButtonForm({ action, button, about, tone = 'plain', isSmall = true, fold, children }: ButtonFormProps) {
  return (
    <ActionForm
      action={action}
      button={<ButtonText about={about} text={button} />}
      className="gap-2"
      fold={fold}
      isSmall={isSmall}
      tone={tone}
    >
      {children}
    </ActionForm>
  );
}

type ConfirmedButtonFormProps = Omit<ButtonFormProps, 'fold' | 'children'> & {
  summary: string;
  /** The consequence, above the button. */
  warning?: string;
};

/** Asks for confirmation first, also without JavaScript. */
export function ConfirmedButtonForm({ summary, warning, ...form }: ConfirmedButtonFormProps) {
  return (
    <ButtonForm {...form} fold={{ summary: <ButtonText about={form.about} text={`${summary} …`} /> }} tone="danger">
      {warning && <p className="text-sm text-muted">{warning}</p>}
    </ButtonForm>
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
