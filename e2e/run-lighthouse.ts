// Runs Lighthouse with its desktop settings on pages of the started server.
import { chromium, type Browser } from '@playwright/test';
import lighthouse, { desktopConfig, type Flags, type RunnerResult } from 'lighthouse';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { findChromium } from './find-chromium.ts';

export type LighthouseBrowser = { port: number; close: () => Promise<void> };

export type LighthouseReport = {
  /** 0 to 100 by category. */
  scores: Record<string, number>;
  layoutShift: number;
  /** Failed audits, with the elements they refer to. */
  findings: string[];
};

/** Starts one Chromium for several reports, which must not overlap. */
export async function startLighthouseBrowser(): Promise<LighthouseBrowser> {
  const port = await findFreePort();
  const browser: Browser = await chromium.launch({
    executablePath: findChromium() ?? undefined,
    args: [`--remote-debugging-port=${port}`],
  });
  return { port, close: () => browser.close() };
}

type Result = RunnerResult['lhr'];
type RunFlags = Flags & { theme: 'light' | 'dark' };

/** @throws Error when an audit fails to run twice, because traces on a busy machine may be incomplete */
export async function runLighthouse(
  browser: LighthouseBrowser,
  url: string,
  flags: RunFlags,
): Promise<LighthouseReport> {
  const first = await audit(browser, url, flags);
  const { categories, audits } = findUnmeasured(first) ? await audit(browser, url, flags) : first;
  const unmeasured = findUnmeasured({ audits });
  if (unmeasured) throw new Error(`Lighthouse could not measure ${url}: ${unmeasured}`);
  const findings = Object.values(categories).flatMap(({ auditRefs }) =>
    auditRefs.flatMap(({ id, weight }) => {
      const found = audits[id];
      if (!found || weight === 0 || found.score === null || found.score === 1) return [];
      const items = found.details && 'items' in found.details ? JSON.stringify(found.details.items) : '';
      return [`${id}: ${found.title} ${items.slice(0, 1_000)}`];
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

async function audit({ port }: LighthouseBrowser, url: string, { theme, ...flags }: RunFlags): Promise<Result> {
  const options = { disableFullPageScreenshot: true, extraHeaders: { Cookie: `theme=${theme}` }, ...flags };
  const result = await lighthouse(url, { port, logLevel: 'error', ...options }, desktopConfig);
  if (!result) throw new Error(`Lighthouse returned no report for ${url}`);
  const { runtimeError } = result.lhr;
  if (runtimeError) throw new Error(`Lighthouse could not read ${url}: ${runtimeError.message}`);
  return result.lhr;
}

function findUnmeasured({ audits }: Pick<Result, 'audits'>): string | undefined {
  return Object.values(audits).find(({ scoreDisplayMode }) => scoreDisplayMode === 'error')?.errorMessage;
}
