'use client';

import { useEffect, useRef, useState, type ReactNode } from 'react';
import { clientsOf, pullCommand } from '../pulls/pull-commands.ts';
import { fetchPulled } from './fetch-pulled.ts';
import { copyText } from '../ui/copy-text.ts';
import { isTyping } from '../ui/is-typing.ts';

const SHOWN_MS = 3_000;

type ResultKeysProps = {
  children: ReactNode;
  /** The registry host. */
  host: string;
  isPlainHttp: boolean;
  /** The client chosen last. */
  client: string | undefined;
};

/**
 * `j` and `k` move between results, as do the arrow keys once a result has the focus. `c` copies its pull
 * command.
 */
export function ResultKeys({ children, host, isPlainHttp, client }: ResultKeysProps) {
  const list = useRef<HTMLDivElement>(null);
  const [message, setMessage] = useState('');

  useEffect(() => {
    async function copy(fullName: string) {
      const pulled = await fetchPulled(fullName);
      if (!pulled) return setMessage('Couldn’t find the pull command');
      const clients = clientsOf(pulled.kind);
      const chosen = clients.find((name) => name === client) ?? clients[0] ?? 'docker';
      const command = pullCommand(chosen, { address: `${host}/${fullName}`, reference: pulled.reference, isPlainHttp });
      setMessage((await copyText(command)) ? `Copied: ${command}` : 'Couldn’t copy');
    }

    function onKeyDown(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
      const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('li h2 a') ?? [])];
      const current = links.findIndex((link) => link === document.activeElement);
      const step = stepOf(event.key, current >= 0);
      if (step !== 0) {
        event.preventDefault();
        links[Math.max(0, Math.min(links.length - 1, current < 0 ? 0 : current + step))]?.focus();
      } else if (event.key === 'c' && !event.repeat) {
        const path = links[current]?.pathname;
        if (path) void copy(path.slice(1));
      }
    }

    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [client, host, isPlainHttp]);

  useEffect(() => {
    if (message === '') return;
    const timer = setTimeout(() => setMessage(''), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);

  return (
    <div ref={list}>
      {children}
      <p
        aria-live="polite"
        className="fixed inset-x-4 bottom-4 z-20 mx-auto w-fit max-w-full truncate rounded-lg border border-line-control bg-canvas px-3 py-2 text-sm shadow-lg empty:hidden"
      >
        {message}
      </p>
    </div>
  );
}

/** Until a result has the focus, arrow keys scroll the page. */
function stepOf(key: string, isOnResult: boolean): -1 | 0 | 1 {
  if (key === 'j' || (isOnResult && key === 'ArrowDown')) return 1;
  if (key === 'k' || (isOnResult && key === 'ArrowUp')) return -1;
  return 0;
}
