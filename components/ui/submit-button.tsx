'use client';

import type { ReactNode } from 'react';
import { useFormStatus } from 'react-dom';

type SubmitButtonProps = { children: ReactNode; tone?: 'primary' | 'plain' | 'danger'; isSmall?: boolean };

export function SubmitButton({ children, tone = 'primary', isSmall = false }: SubmitButtonProps) {
  const { pending } = useFormStatus();
  const toneClass = { primary: 'button-primary', plain: '', danger: 'button-danger' }[tone];
  return (
    <button className={`button ${toneClass} ${isSmall ? 'button-small' : ''}`} disabled={pending} type="submit">
      {children}
    </button>
  );
}
