'use client';

import type { MouseEvent, ReactNode } from 'react';
import { copyText } from '../ui/copy-text.ts';

const SHOWN_MS = 1_800;

/** Handles all copy buttons of rendered Markdown with one listener. */
export function CopyCode({ children }: { children: ReactNode }) {
  async function copy(event: MouseEvent) {
    const button = event.target instanceof Element ? event.target.closest('.copy-code') : null;
    const code = button?.parentElement?.querySelector('pre')?.textContent;
    if (!button || code === undefined) return;
    const isCopied = await copyText(code.replace(/\n$/, ''));
    button.textContent = isCopied ? 'Copied' : 'Couldn’t copy';
    setTimeout(() => (button.textContent = 'Copy'), SHOWN_MS);
  }

  return <div onClick={(event) => void copy(event)}>{children}</div>;
}
