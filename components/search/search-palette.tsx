'use client';

import { useEffect, useRef } from 'react';
import { applyTheme, otherTheme } from '../site/apply-theme.ts';
import { Icon } from '../ui/icon.tsx';
import type { SearchAction } from './options.ts';
import { SearchCombobox } from './search-combobox.tsx';

export type Place = { text: string; href: string };

type SearchPaletteProps = { places: readonly Place[]; onClose: () => void };

/** Search and navigation in one dialog. The browser restores the focus when it closes. */
export default function SearchPalette({ places, onClose }: SearchPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const theme = otherTheme();
  const actions: SearchAction[] = [
    ...places,
    {
      text: theme === 'dark' ? 'Use the dark theme' : 'Use the light theme',
      icon: theme === 'dark' ? 'moon' : 'sun',
      run: () => {
        applyTheme(theme);
        dialog.current?.close();
      },
    },
  ];
  return (
    <dialog
      aria-label="Search, or go to"
      className="mx-auto mt-[12dvh] mb-auto w-[min(36rem,calc(100vw-2rem))] rounded-xl border border-line-control bg-canvas p-0 text-ink shadow-2xl backdrop:bg-black/40"
      data-palette=""
      // A click on the backdrop targets the dialog element itself.
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
      onClose={onClose}
      ref={dialog}
    >
      <form action="/search" aria-label="Search and navigation" role="search">
        <div className="relative">
          <Icon className="pointer-events-none absolute top-4 left-4 text-muted" name="search" size={18} />
          <SearchCombobox
            actions={actions}
            className="h-12 w-full rounded-t-xl border-b border-line bg-transparent pr-16 pl-11 text-lg outline-none placeholder:text-muted"
            placeholder="Search, or go to"
          />
          <button
            className="absolute top-2 right-2 rounded border border-line bg-surface px-1.5 py-1 font-mono text-xs text-muted hover:text-ink"
            onClick={() => dialog.current?.close()}
            type="button"
          >
            Esc<span className="sr-only">: close</span>
          </button>
        </div>
      </form>
    </dialog>
  );
}
