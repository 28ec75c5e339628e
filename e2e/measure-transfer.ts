// Measures the bytes a browser transfers for one page.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Response } from '@playwright/test';

/** Bytes as transferred, compressed. */
export type Transfer = { html: number; script: number; ownScript: number };

/**
 * Loads the page and waits until the network is idle. Everything outside the common runtime of Next and React counts as
 * our own, including parts of Next that only some pages need.
 */
export async function measureTransfer(page: Page, path: string): Promise<Transfer> {
  const responses: Response[] = [];
  const collect = (response: Response) => responses.push(response);
  page.on('response', collect);
  await page.goto(path, { waitUntil: 'networkidle' });
  page.off('response', collect);
  const runtime = listRuntimeScripts();
  const transfer = { html: 0, script: 0, ownScript: 0 };
  for (const response of responses) {
    const type = response.request().resourceType();
    if (type !== 'script' && type !== 'document') continue;
    // Embedded documents may be too small to compress.
    const isEmbedded = response.frame() !== page.mainFrame();
    if (!isEmbedded && response.headers()['content-encoding'] !== 'gzip')
      throw new Error(`${response.url()} is sent uncompressed`);
    const { responseBodySize } = await response.request().sizes();
    if (type === 'document') transfer.html += responseBodySize;
    else transfer.script += responseBodySize;
    if (type === 'script' && !runtime.has(new URL(response.url()).pathname)) transfer.ownScript += responseBodySize;
  }
  return transfer;
}

function listRuntimeScripts(): Set<string> {
  const path = join(import.meta.dirname, '..', '.next', 'build-manifest.json');
  const { rootMainFiles } = JSON.parse(readFileSync(path, 'utf8')) as { rootMainFiles: string[] };
  return new Set(rootMainFiles.map((file) => `/_next/${file}`));
}
