export const THEME_COOKIE = 'theme';

export type Theme = 'light' | 'dark';

/** Returns undefined for the system's setting. */
export function parseTheme(value: unknown): Theme | undefined {
  return value === 'light' || value === 'dark' ? value : undefined;
}
