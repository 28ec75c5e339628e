'use client';

import { Icon } from '../ui/icon.tsx';
import { useState, type SubmitEvent } from 'react';
import { applyTheme } from './apply-theme.ts';
import type { Theme } from './theme.ts';

/** Without JavaScript, the form's route sets the cookie and redirects back. CSS shows the matching button. */
export function ThemeToggle() {
  const [announcement, setAnnouncement] = useState('');

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    const button = event.nativeEvent.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const theme: Theme = button.value === 'dark' ? 'dark' : 'light';
    applyTheme(theme);
    setAnnouncement(theme === 'dark' ? 'Dark theme' : 'Light theme');
    event.currentTarget
      .querySelector<HTMLButtonElement>(`button[value=${theme === 'dark' ? 'light' : 'dark'}]`)
      ?.focus();
  }

  return (
    <form action="/api/theme" className="flex" method="post" onSubmit={onSubmit}>
      <button
        className="to-dark size-9 items-center justify-center text-muted hover:text-ink"
        name="theme"
        value="dark"
      >
        <Icon name="moon" />
        <span className="sr-only">Use the dark theme</span>
      </button>
      <button
        className="to-light size-9 items-center justify-center text-muted hover:text-ink"
        name="theme"
        value="light"
      >
        <Icon name="sun" />
        <span className="sr-only">Use the light theme</span>
      </button>
      <span aria-live="polite" className="sr-only">
        {announcement}
      </span>
    </form>
  );
}
