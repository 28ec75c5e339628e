import { useEffect, type RefObject } from 'react';
import type { FormState } from './form-state.ts';

/**
 * Asks before the user leaves a form with unsaved changes. Links load whole pages, so the browser's own dialog covers
 * links, the back button and closing the tab.
 */
export function useUnsavedWarning(
  form: RefObject<HTMLFormElement | null>,
  { isOn, state }: { isOn: boolean; state: FormState<unknown> },
): void {
  useEffect(() => {
    const element = form.current;
    if (!isOn || !element) return;
    // A form that came back with errors was never saved.
    let saved = state?.ok === false ? null : readForm(element);
    let isTouched = state?.ok === false;
    let isSubmitting = false;
    const onInput = () => {
      isTouched = true;
    };
    const onSubmit = () => {
      isSubmitting = true;
    };
    // React resets the form to the values that were saved.
    const onReset = () => {
      isSubmitting = false;
      isTouched = false;
      queueMicrotask(() => {
        saved = readForm(element);
      });
    };
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (isTouched && !isSubmitting && readForm(element) !== saved) event.preventDefault();
    };
    element.addEventListener('input', onInput);
    element.addEventListener('submit', onSubmit);
    element.addEventListener('reset', onReset);
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => {
      element.removeEventListener('input', onInput);
      element.removeEventListener('submit', onSubmit);
      element.removeEventListener('reset', onReset);
      window.removeEventListener('beforeunload', onBeforeUnload);
    };
  }, [form, isOn, state]);
}

/** Ignores what Next adds, which changes with every submission. */
function readForm(form: HTMLFormElement): string {
  const entries = [...new FormData(form)].filter(([name]) => !name.startsWith('$'));
  return JSON.stringify(entries.map(([name, value]) => [name, value instanceof File ? value.name : value]));
}
