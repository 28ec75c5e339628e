// Takes the README's screenshots from a demo gallery: npm run screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium } from '../e2e/find-chromium.ts';
import { startTestServer } from './test-server.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
const PICTURES = [
  { name: 'home', path: '/', colorScheme: 'light' },
  { name: 'repository', path: '/lanternworks/web', colorScheme: 'dark' },
] as const;
const VIEWPORT = { width: 1280, height: 800 };

const server = await startTestServer();
const browser = await chromium.launch({ executablePath: findChromium() ?? undefined });
mkdirSync(FOLDER, { recursive: true });
for (const { name, path, colorScheme } of PICTURES) {
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme, reducedMotion: 'reduce' });
  await page.goto(server.url + path, { waitUntil: 'networkidle' });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}
await browser.close();
await server.stop();
