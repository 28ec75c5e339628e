import { THEME_COOKIE, type Theme } from './theme.ts';

const YEAR_SECONDS = 31_536_000;

/** At once, and on every page from now on. */
export function applyTheme(theme: Theme): void {
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  document.documentElement.dataset['theme'] = theme;
}

/** The one that is not shown now: as it was chosen, or as the system has it. */
export function otherTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  const isDark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return isDark ? 'light' : 'dark';
}
