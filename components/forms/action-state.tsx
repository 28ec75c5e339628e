'use client';

import { createContext, use, useActionState, useMemo, type ReactNode } from 'react';
import { fieldError, fieldValues, type FormAction, type FormState } from './form-state.ts';

type ActionContextValue = { state: FormState<unknown>; send: ((form: FormData) => void) | undefined };

/** Outside of a form with an action, fields have no state. */
export const ActionContext = createContext<ActionContextValue>({ state: null, send: undefined });

/** Holds the state of one server action for the forms, fields and notices inside it. */
export function ActionState<Value>({ action, children }: { action: FormAction<Value>; children: ReactNode }) {
  const [state, send] = useActionState(action as FormAction<unknown>, null);
  const value = useMemo(() => ({ state, send }), [state, send]);
  return <ActionContext value={value}>{children}</ActionContext>;
}

/** Returns the last answer of the surrounding action, or null before the first. */
export function useFormState<Value = unknown>(): FormState<Value> {
  return use(ActionContext).state as FormState<Value>;
}

export function useFieldError(keys: string[]): string | undefined {
  return fieldError(use(ActionContext).state, keys);
}

/** Returns what was typed before the form came back, else `fallback`. */
export function useFieldValue(name: string, fallback = ''): string {
  return useFieldValues(name, [fallback])[0] ?? '';
}

export function useFieldValues(name: string, fallback: string[]): string[] {
  return fieldValues(use(ActionContext).state, name, fallback);
}
