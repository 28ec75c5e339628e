import { THEME_COOKIE, type Theme } from './theme.ts';

const YEAR_SECONDS = 31_536_000;

/** Applies a theme and stores it in a cookie. */
export function applyTheme(theme: Theme): void {
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  document.documentElement.dataset['theme'] = theme;
}

/** Returns the theme that isn't active now. */
export function otherTheme(): Theme {
  const chosen = document.documentElement.dataset['theme'];
  const isDark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return isDark ? 'light' : 'dark';
}
