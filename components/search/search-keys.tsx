'use client';

import { lazy, Suspense, useEffect, useState } from 'react';
import { isTyping } from '../ui/is-typing.ts';
import type { Place } from './search-palette.tsx';

const SearchPalette = lazy(() => import('./search-palette.tsx'));

/** `/` focuses the search field unless the user is typing. Ctrl+K or ⌘K toggles the palette. */
export function SearchKeys({ places }: { places: readonly Place[] }) {
  const [isOpen, setIsOpen] = useState(false);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (isPaletteKey(event)) {
        event.preventDefault();
        // Close before unmounting, because closing a dialog restores the focus.
        const palette = document.querySelector<HTMLDialogElement>('dialog[data-palette]');
        if (palette) palette.close();
        else setIsOpen(true);
      } else if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
        const field = document.querySelector<HTMLInputElement>('input[data-search-field]');
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);

  return isOpen ? (
    <Suspense>
      <SearchPalette onClose={() => setIsOpen(false)} places={places} />
    </Suspense>
  ) : null;
}

/** On a Mac, text fields use Ctrl+K. */
function isPaletteKey(event: KeyboardEvent): boolean {
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const isHeld = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return isHeld && event.key.toLowerCase() === 'k' && !event.altKey && !event.shiftKey;
}
