// Lighthouse against a page of the started server, as a desktop browser sees it.
import { chromium, type Browser } from '@playwright/test';
import lighthouse, { desktopConfig, type Flags } from 'lighthouse';
import { findFreePort } from '../scripts/test-server.ts';
import { findChromium } from './find-chromium.ts';

export type LighthouseBrowser = { port: number; close: () => Promise<void> };

export type LighthouseReport = {
  /** 0 to 100, by category. */
  scores: Record<string, number>;
  layoutShift: number;
  /** What costs points, with the elements it is about. */
  findings: string[];
};

/** One Chromium for several reports, which must not run at the same time. */
export async function startLighthouseBrowser(): Promise<LighthouseBrowser> {
  const port = await findFreePort();
  const browser: Browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: [`--remote-debugging-port=${port}`],
  });
  return { port, close: () => browser.close() };
}

export async function runLighthouse(
  { port }: LighthouseBrowser,
  url: string,
  { theme, ...flags }: Flags & { theme: 'light' | 'dark' },
): Promise<LighthouseReport> {
  const options = { disableFullPageScreenshot: true, extraHeaders: { Cookie: `theme=${theme}` }, ...flags };
  const result = await lighthouse(url, { port, logLevel: 'error', ...options }, desktopConfig);
  if (!result) throw new Error(`Lighthouse made no report of ${url}`);
  const { categories, audits, runtimeError } = result.lhr;
  if (runtimeError) throw new Error(`Lighthouse could not read ${url}: ${runtimeError.message}`);
  const findings = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.flatMap(({ id, weight }) => {
      const audit = audits[id];
      if (!audit || weight === 0 || audit.score === null || audit.score === 1) return [];
      const items = audit.details && 'items' in audit.details ? JSON.stringify(audit.details.items) : '';
      return [`${id}: ${audit.title} ${items.slice(0, 1_000)}`];
    }),
  );
  return {
    scores: Object.fromEntries(
      Object.entries(categories).map(([id, { score }]) => [id, Math.round((score ?? 0) * 100)]),
    ),
    layoutShift: audits['cumulative-layout-shift']?.numericValue ?? NaN,
    findings,
  };
}
