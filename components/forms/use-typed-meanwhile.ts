import { useEffect, type RefObject } from 'react';

/**
 * Restores what the user typed or chose while an action was pending, because React resets a form
 * once its action completes. Takes the form from its submit button.
 */
export function useTypedMeanwhile(button: RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const form = button.current?.form;
    if (!form) return;
    /** Field → restores its value. Null while no action is pending. */
    let typed: Map<string, () => void> | null = null;
    const onSubmit = () => {
      typed = new Map();
    };
    const onInput = ({ target }: Event) => {
      if (typed && target instanceof Element) keep(form, target, typed);
    };
    // The event fires before the reset. A microtask runs after it and after React's update.
    const onReset = () => {
      const kept = [...(typed?.values() ?? [])];
      typed = null;
      queueMicrotask(() => {
        for (const putBack of kept) putBack();
      });
    };
    form.addEventListener('submit', onSubmit);
    form.addEventListener('input', onInput);
    form.addEventListener('reset', onReset);
    return () => {
      form.removeEventListener('submit', onSubmit);
      form.removeEventListener('input', onInput);
      form.removeEventListener('reset', onReset);
    };
  }, [button]);
}

function keep(form: HTMLFormElement, field: Element, typed: Map<string, () => void>): void {
  if (field instanceof HTMLInputElement) {
    const { name, type, value, checked, files } = field;
    const isBox = type === 'checkbox' || type === 'radio';
    typed.set(isBox ? `${name}=${value}` : name, () => {
      if (isBox) field.checked = checked;
      else if (type === 'file') field.files = files;
      else field.value = value;
    });
  } else if (field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement) {
    const { name, value } = field;
    typed.set(name, () => {
      // The select may have been replaced by a new element.
      const now = field.isConnected ? field : form.elements.namedItem(name);
      if (now instanceof HTMLTextAreaElement || now instanceof HTMLSelectElement) now.value = value;
    });
  }
}
