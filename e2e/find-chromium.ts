import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { findProgram } from './find-program.ts';

/** `PW_CHROMIUM`, else Playwright's own browser where it was installed, else the system's; null without any. */
export function findChromium(): string | null {
  if (process.env['PW_CHROMIUM']) return process.env['PW_CHROMIUM'];
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  return findProgram('chromium') ?? findProgram('chromium-browser') ?? findProgram('google-chrome');
}
