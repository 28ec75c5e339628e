'use client';

import { useEffect } from 'react';
import { isTyping } from '../ui/is-typing.ts';

/**
 * Every key stands on something that can be seen and pressed: what carries `data-key`. Never while somebody types, but
 * for Escape, which leaves the field, and Ctrl+Enter, which sends it.
 */
export function ReviewKeys() {
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return null;
}

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.altKey || document.querySelector('dialog[open]')) return;
  if (isTyping(event.target)) return onKeyInField(event);
  if (event.ctrlKey || event.metaKey || !/^[a-z?]$/.test(event.key)) return;
  // Holding a key down moves on, and decides nothing twice.
  if (event.repeat && event.key !== 'j' && event.key !== 'k') return;
  const target = document.querySelector<HTMLElement>(`[data-key="${event.key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName === 'SUMMARY') openAndFocus(target);
  else target.click();
}

function onKeyInField(event: KeyboardEvent) {
  const field = event.target;
  if (!(
    field instanceof HTMLTextAreaElement ||
    field instanceof HTMLInputElement ||
    field instanceof HTMLSelectElement
  ))
    return;
  if (event.key === 'Escape') field.blur();
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) field.form?.requestSubmit();
}

function openAndFocus(summary: HTMLElement) {
  const details = summary.closest('details');
  if (!details) return;
  details.open = true;
  details.querySelector<HTMLElement>('textarea, input:not([type=hidden]), select')?.focus();
}
