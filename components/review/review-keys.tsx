'use client';

import { useEffect } from 'react';
import { isTyping } from '../ui/is-typing.ts';

/**
 * Presses the visible control that has the key as its `data-key`. Ignored while the user types, except
 * Escape, which leaves the field, and Ctrl+Enter, which submits the form.
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
  // A held key may move through the list, but must not repeat a decision.
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
