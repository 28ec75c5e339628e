'use client';

import { useRef, type ReactNode } from 'react';
import { useFormStatus } from 'react-dom';
import { Kbd } from '../ui/kbd.tsx';
import { useTypedMeanwhile } from './use-typed-meanwhile.ts';

type SubmitButtonProps = {
  children: ReactNode;
  tone?: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
  /** A shortcut that presses the button. */
  hotkey?: string;
};

export function SubmitButton({ children, tone = 'primary', isSmall = false, hotkey }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  const button = useRef<HTMLButtonElement>(null);
  useTypedMeanwhile(button);
  const toneClass = { primary: 'button-primary', plain: '', danger: 'button-danger' }[tone];
  return (
    <button
      aria-keyshortcuts={hotkey}
      className={`button ${toneClass} ${isSmall ? 'button-small' : ''}`}
      data-key={hotkey}
      disabled={pending}
      ref={button}
      type="submit"
    >
      {children}
      {hotkey && <Kbd>{hotkey}</Kbd>}
    </button>
  );
}
