import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

/** Playwright's own browser where it was installed; else the system's. */
function findChromium(): string | undefined {
  if (process.env.PW_CHROMIUM) return process.env.PW_CHROMIUM;
  if (existsSync(chromium.executablePath())) return undefined;
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
}

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
    launchOptions: { executablePath: findChromium() },
  },
});
