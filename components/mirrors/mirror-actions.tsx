'use client';

import { useActionState } from 'react';
import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import type { FormAction } from '../ui/form-state.ts';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';

type ActionFormProps = {
  action: FormAction;
  button: string;
  /** What it is done to, for those who hear the page. */
  about: string;
  tone?: 'plain' | 'danger';
};

/** One small button, and the sentence for when it is refused. */
export function ActionForm({ action, button, about, tone = 'plain' }: ActionFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex flex-col gap-2">
      <FormFailureNotice state={state} />
      <div>
        <SubmitButton isSmall tone={tone}>
          {button}
          <span className="sr-only"> {about}</span>
        </SubmitButton>
      </div>
    </form>
  );
}

/** Asked twice, also without a script. */
export function ConfirmedForm({ summary, ...form }: ActionFormProps & { summary: string }) {
  return (
    <details>
      <summary className="button button-small w-fit">
        {summary} …<span className="sr-only"> {form.about}</span>
      </summary>
      <div className="mt-2">
        <ActionForm {...form} tone="danger" />
      </div>
    </details>
  );
}

type CheckFormProps = { action: FormAction<MirrorCheck>; about: string; upstreamHost: string };

/** Asks the upstream, and says how that went. */
export function CheckForm({ action, about, upstreamHost }: CheckFormProps) {
  const [state, send] = useActionState(action, null);
  return (
    <form action={send} className="flex max-w-80 flex-col gap-2">
      <div>
        <SubmitButton isSmall tone="plain">
          Check now<span className="sr-only"> {about}</span>
        </SubmitButton>
      </div>
      <FormFailureNotice state={state} />
      {state?.ok && state.value.problem === null && <Notice tone="success">{upstreamHost} answers. It works.</Notice>}
      {state?.ok && state.value.problem !== null && <Notice tone="warning">{state.value.problem}</Notice>}
    </form>
  );
}
