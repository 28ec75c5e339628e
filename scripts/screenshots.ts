// Takes the README's screenshots from a demo gallery: npm run screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from '@playwright/test';
import { findChromium } from '../e2e/find-chromium.ts';
import { startTestServer } from './test-server.ts';

const FOLDER = join(import.meta.dirname, '..', 'docs', 'images');
const PICTURES = [
  { name: 'home', path: '/', colorScheme: 'light' },
  { name: 'repository', path: '/lanternworks/web', colorScheme: 'dark' },
] as const;
const VIEWPORT = { width: 1280, height: 800 };

/** As a first start shows it. */
const URL = 'http://localhost:3000';

const server = await startTestServer({ PORT: '3000', PUBLIC_URL: URL });
await waitFor('/', 'Trending');
await waitFor('/lanternworks/web', 'Built on');
const browser = await chromium.launch({ executablePath: findChromium() ?? undefined });
mkdirSync(FOLDER, { recursive: true });
for (const { name, path, colorScheme } of PICTURES) {
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme, reducedMotion: 'reduce' });
  await page.goto(URL + path, { waitUntil: 'networkidle' });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}
await browser.close();
await server.stop();

/** Background jobs write some parts of pages. */
async function waitFor(path: string, text: string): Promise<void> {
  while (!(await (await fetch(URL + path)).text()).includes(text)) await sleep(500);
}
