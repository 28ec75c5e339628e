import { chromium } from '@playwright/test';
import { findChromium } from '../../e2e/find-chromium.ts';
import { measureTransfer } from '../../e2e/measure-transfer.ts';
import { runLighthouse, startLighthouseBrowser } from '../../e2e/run-lighthouse.ts';
import type { PageKind } from './list-pages.ts';

/** Prints Lighthouse's performance score and transfer sizes, or that Chromium is missing. */
export async function measureInBrowser(url: string, pages: PageKind[]): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === null) {
    console.log('\nSkipped: Lighthouse and sizes (Chromium not installed)');
    return;
  }
  const main = pages.filter(({ isMain }) => isMain);
  console.log(
    `\n${'Lighthouse, desktop'.padEnd(22)}${['performance', 'CLS', 'HTML kB', 'JS kB', 'own JS kB'].map((name) => name.padStart(12)).join('')}`,
  );
  const lighthouse = await startLighthouseBrowser();
  const browser = await chromium.launch({ executablePath });
  const kb = (bytes: number) => (bytes / 1_000).toFixed(1);
  try {
    for (const { name, repeated } of main) {
      const { scores, layoutShift } = await runLighthouse(lighthouse, url + repeated, {
        theme: 'light',
        onlyCategories: ['performance'],
      });
      const page = await browser.newPage();
      const { html, script, ownScript } = await measureTransfer(page, url + repeated);
      await page.close();
      const cells = [String(scores['performance']), layoutShift.toFixed(3), kb(html), kb(script), kb(ownScript)];
      console.log(`${name.padEnd(22)}${cells.map((cell) => cell.padStart(12)).join('')}`);
    }
  } finally {
    await browser.close();
    await lighthouse.close();
  }
}
