'use client';

import type { FormEvent, ReactNode } from 'react';

const YEAR_SECONDS = 31_536_000;

type RememberedChoiceProps = { cookie: string; input: string; className?: string; children: ReactNode };

/** Stores the choice of a radio group in a cookie for the server to preselect. */
export function RememberedChoice({ cookie, input, className, children }: RememberedChoiceProps) {
  function onChange(event: FormEvent<HTMLFieldSetElement>) {
    const { target } = event;
    if (!(target instanceof HTMLInputElement) || target.name !== input) return;
    document.cookie = `${cookie}=${target.value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }

  return (
    <fieldset className={className} onChange={onChange}>
      {children}
    </fieldset>
  );
}
