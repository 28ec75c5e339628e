'use client';

import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import { Kbd } from './kbd.tsx';

type SubmitButtonProps = {
  children: ReactNode;
  tone?: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
  /** A key that presses it, on pages that have keys. */
  hotkey?: string;
};

export function SubmitButton({ children, tone = 'primary', isSmall = false, hotkey }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  const toneClass = { primary: 'button-primary', plain: '', danger: 'button-danger' }[tone];
  return (
    <button
      aria-keyshortcuts={hotkey}
      className={`button ${toneClass} ${isSmall ? 'button-small' : ''}`}
      data-key={hotkey}
      disabled={pending}
      type="submit"
    >
      {children}
      {hotkey && <Kbd>{hotkey}</Kbd>}
    </button>
  );
}
