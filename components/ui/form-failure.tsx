import type { FormState } from './form-state.ts';
import { Notice } from './notice.tsx';

/** The sentence above a form that was refused. */
export function FormFailureNotice({ state }: { state: FormState<unknown> }) {
  if (state?.ok !== false) return null;
  return (
    <Notice tone="error">
      <p className="font-medium">{state.message}</p>
      {state.nextStep && <p>{state.nextStep}</p>}
    </Notice>
  );
}
