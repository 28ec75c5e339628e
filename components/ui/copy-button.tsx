'use client';

import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';
import { Icon } from './icon.tsx';

const SHOWN_MS = 1_800;

type CopyButtonProps = {
  text: string;
  /** What is copied, as in "Copy pull command". */
  label: string;
  className?: string;
};

export function CopyButton({ text, label, className = '' }: CopyButtonProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');

  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  async function copy() {
    setState((await copyText(text)) ? 'copied' : 'failed');
  }

  return (
    <button
      className={`needs-script inline-flex size-7 shrink-0 items-center justify-center rounded border border-transparent text-muted hover:border-line hover:text-ink ${className}`}
      onClick={() => void copy()}
      title={label}
      type="button"
    >
      <Icon
        className={state === 'copied' ? 'text-accent' : ''}
        name={state === 'copied' ? 'check' : 'copy'}
        size={15}
      />
      <span className="sr-only">{label}</span>
      <span aria-live="polite" className="sr-only">
        {state === 'copied' ? 'Copied' : state === 'failed' ? 'Couldn’t copy. Select the text instead' : ''}
      </span>
    </button>
  );
}
