// What a form knows after it was sent. Values come back so that nothing has to be typed twice; secrets never do.

export type FormFailure = {
  ok: false;
  code: string;
  /** What went wrong. */
  message: string;
  /** What to do about it. */
  nextStep: string;
  fieldErrors: Record<string, string>;
  /** All values of each field. */
  values: Record<string, string[]>;
};

export type FormState<Value = undefined> = FormFailure | { ok: true; value: Value } | null;

export type FormAction<Value = undefined> = (state: FormState<Value>, form: FormData) => Promise<FormState<Value>>;

/** The error of one field, where the form was refused for it. */
export function fieldError(state: FormState<unknown>, name: string): string | undefined {
  return state?.ok === false ? state.fieldErrors[name] : undefined;
}

/** What was typed before the form came back. */
export function fieldValue(state: FormState<unknown>, name: string, fallback = ''): string {
  return fieldValues(state, name, [fallback])[0] ?? '';
}

export function fieldValues(state: FormState<unknown>, name: string, fallback: string[]): string[] {
  return state?.ok === false ? (state.values[name] ?? []) : fallback;
}
