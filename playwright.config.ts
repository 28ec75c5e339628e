import { defineConfig } from '@playwright/test';
import { findChromium } from './e2e/find-chromium.ts';

// Against a started server (E2E_BASE_URL): run by scripts/test.ts.
export default defineConfig({
  testDir: 'e2e/ui',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  forbidOnly: true,
  // On a busy machine a page may be late. scripts/test.ts names every test that needed its second try.
  retries: process.env.CI ? 1 : 0,
  reporter: 'list',
  // A picture that is missing is a failure, not a new picture. Letters may differ a little from one Chromium to the next.
  updateSnapshots: 'none',
  snapshotPathTemplate: '{testDir}/screenshots/{arg}{ext}',
  expect: { timeout: 10_000, toHaveScreenshot: { maxDiffPixelRatio: 0.003, animations: 'disabled', caret: 'hide' } },
  projects: [{ name: 'chromium' }],
  use: {
    baseURL: process.env.E2E_BASE_URL,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    // Recording one of every test slows all of them.
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: findChromium() ?? undefined,
      // Letters are drawn in the same way on every machine.
      args: ['--font-render-hinting=none', '--disable-lcd-text'],
    },
  },
});
