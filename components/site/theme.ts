export const THEME_COOKIE = 'theme';

export type Theme = 'light' | 'dark';

/** Undefined: as the system has it. */
export function parseTheme(value: unknown): Theme | undefined {
  return value === 'light' || value === 'dark' ? value : undefined;
}
