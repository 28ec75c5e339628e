import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findProgram } from './find-program.ts';

/**
 * Returns `PW_CHROMIUM`, Playwright's own browser if installed, the system's, or null. Prefers Chromium's headless shell,
 * which renders the same pages without the CPU time of the browser's own windows.
 */
export function findChromium(): string | null {
  if (process.env['PW_CHROMIUM']) return process.env['PW_CHROMIUM'];
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  return (
    findProgram('chromium-headless-shell') ??
    findProgram('chromium') ??
    findProgram('chromium-browser') ??
    findProgram('google-chrome')
  );
}
