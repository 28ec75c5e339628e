'use client';

import type { ReactNode } from 'react';
import { useFormState } from './action-state.tsx';

export type FoldProps = {
  /** What unfolds the form. */
  summary: ReactNode;
  isLink?: boolean;
  /** Of the form: its width and the space above. */
  className?: string;
};

/** Folds a form away. Renders open while it contains the form's result, which stays visible without JavaScript. */
export function Fold({
  summary,
  isLink = false,
  className = 'mt-2',
  showsSuccess = false,
  children,
}: FoldProps & { showsSuccess?: boolean; children: ReactNode }) {
  const state = useFormState();
  const isOpen = state !== null && (!state.ok || showsSuccess);
  return (
    <details className="max-w-full min-w-0" open={isOpen || undefined}>
      <summary className={isLink ? 'w-fit py-1 font-medium text-accent' : 'button button-small w-fit'}>
        {summary}
      </summary>
      <div className={className}>{children}</div>
    </details>
  );
}
