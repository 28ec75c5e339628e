// What a form knows after it was submitted. Values come back so that users don't have to retype them; secrets never do.

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

/**
 * Returns the error of one field. `keys` are the names that use cases give the field; a key also matches the
 * parts of a list or an object, such as `links.0`.
 */
export function fieldError(state: FormState<unknown>, keys: string[]): string | undefined {
  if (state?.ok !== false) return undefined;
  const matches = (path: string) => keys.some((key) => path === key || path.startsWith(`${key}.`));
  return Object.entries(state.fieldErrors).find(([path]) => matches(path))?.[1];
}

/** Returns what was submitted if the form was refused, else `fallback`. */
export function fieldValues(state: FormState<unknown>, name: string, fallback: string[]): string[] {
  return state?.ok === false ? (state.values[name] ?? []) : fallback;
}
