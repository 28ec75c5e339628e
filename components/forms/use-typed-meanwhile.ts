import { useEffect, type RefObject } from 'react';

/**
 * React resets a form once its action has answered. What somebody typed or chose while the answer was on its way is put back
 * then. The form is that of the button, which every form has.
 */
export function useTypedMeanwhile(button: RefObject<HTMLButtonElement | null>): void {
  useEffect(() => {
    const form = button.current?.form;
    if (!form) return;
    /** Field → what puts its value back; null while nothing is on its way. */
    let typed: Map<string, () => void> | null = null;
    const onSubmit = () => {
      typed = new Map();
    };
    const onInput = ({ target }: Event) => {
      if (typed && target instanceof Element) keep(form, target, typed);
    };
    // Fired before the fields are reset; a microtask runs after it, and after all else that the answer changes.
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
      // A select is drawn anew with the answer, and then is another element.
      const now = field.isConnected ? field : form.elements.namedItem(name);
      if (now instanceof HTMLTextAreaElement || now instanceof HTMLSelectElement) now.value = value;
    });
  }
}
