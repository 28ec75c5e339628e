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
  projects: [{ name: 'chromium' }],
  use: {
    baseURL: process.env.E2E_BASE_URL,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    trace: 'retain-on-failure',
    launchOptions: { executablePath: findChromium() ?? undefined },
  },
});
