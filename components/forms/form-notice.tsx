import { Notice } from '../ui/notice.tsx';
import type { FormState } from './form-state.ts';

/** Sums up why a form was refused. With several invalid fields it lists the error of each. */
export function FormFailureNotice({ state }: { state: FormState<unknown> }) {
  if (state?.ok !== false) return null;
  const problems = [...new Set(Object.values(state.fieldErrors))];
  return (
    <Notice tone="error">
      {problems.length > 1 ? (
        <ul className="list-inside list-disc font-medium">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      ) : (
        <p className="font-medium wrap-anywhere">{state.message}</p>
      )}
      {state.nextStep && <p>{state.nextStep}</p>}
    </Notice>
  );
}
