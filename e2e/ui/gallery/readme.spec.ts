// READMEs: code, tables, pictures and hostile content, as visitors see them.
import { expect, test, type Page } from '@playwright/test';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, withDatabase } from '../../fixtures.ts';

const README = `# Monitor

[![Build](https://badges.example.invalid/build.svg)](https://ci.example.invalid/) ![Screenshot](docs/shot.png)

<picture><source media="(prefers-color-scheme: dark)" srcset="https://img.example.invalid/dark.png"><img alt="Logo" src="https://img.example.invalid/light.png"></picture>

> [!WARNING]
> Deletes things.

\`\`\`yaml
services:
  monitor: # ${'a long comment '.repeat(20)}
    image: acme/monitor
\`\`\`

| A | ${'Wide column | '.repeat(12)}
|---|${'---|'.repeat(12)}
| 1 | ${'value_without_any_space | '.repeat(12)}

- [x] done

## التثبيت

شغّل الحاوية ثم افتح الصفحة \`http://localhost:8080\`.

${'https://example.invalid/'.padEnd(300, 'x')}
`;

async function publishReadme(): Promise<string> {
  const { alias, secret } = await createPublisher();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [],
  });
  await createDistributionClient(BASE_URL, secret).push(`${alias}/monitor`, image, ['1.0']);
  await withDatabase((client) =>
    client.query(
      `UPDATE repositories SET about_text = $1 WHERE name = 'monitor'
          AND registry_id = (SELECT registry_id FROM aliases WHERE name = $2)`,
      [README, alias],
    ),
  );
  return `/${alias}/monitor`;
}

/** Collects requests to other sites. */
function watchRequests(page: Page): string[] {
  const outward: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(BASE_URL) && !request.url().startsWith('data:')) outward.push(request.url());
  });
  return outward;
}

test('a README is coloured, copied and shown without a request to another site', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const outward = watchRequests(page);
  await page.goto(await publishReadme(), { waitUntil: 'networkidle' });
  const text = page.locator('.markdown');
  await expect(text.locator('.hljs-attr').first()).toHaveText('services:');
  await text.getByRole('button', { name: 'Copy' }).click();
  await expect(text.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^services:\n {2}monitor: # a long/);
  await expect(text.getByRole('img', { name: 'Build' })).toHaveAttribute('src', /^\/api\/images\//);
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(overflow, `${width} pixels wide`).toBeLessThanOrEqual(0);
  }
  expect(outward).toEqual([]);
});

test('pictures follow the theme that the visitor chose', async ({ page }) => {
  await page.goto(await publishReadme());
  const logos = page.locator('.markdown [data-only]');
  await expect(logos.nth(0)).toBeVisible();
  await expect(logos.nth(1)).toBeHidden();
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await expect(logos.nth(0)).toBeHidden();
  await expect(logos.nth(1)).toBeVisible();
});

test('serves only images that a publisher shows, and none that cannot be loaded', async ({ page, request }) => {
  await page.goto(await publishReadme());
  const src = (await page.getByRole('img', { name: 'Build' }).getAttribute('src')) ?? '';
  const missing = await request.get(src);
  expect(missing.status()).toBe(404);
  expect(missing.headers()['content-type']).toContain('text/plain');
  expect(missing.headers()['content-security-policy']).toContain('sandbox');
  const forged = `${src.slice(0, src.lastIndexOf('/') + 1)}${Buffer.from('http://127.0.0.1/').toString('base64url')}`;
  expect((await request.get(forged)).status()).toBe(404);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a README has no copy buttons', async ({ page }) => {
    await page.goto(await publishReadme());
    await expect(page.locator('.markdown .hljs-attr').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Copy', exact: true })).toHaveCount(0);
  });
});
