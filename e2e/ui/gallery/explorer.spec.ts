// The image explorer: tags, manifests, layers, files and attached artifacts.
import { expect, test, type Page } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { blobOf, buildManifest, buildTar, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, HOST } from '../../fixtures.ts';
import { makeRepository, makeToken, readAlias, signUp } from '../people.ts';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a visitor navigates from a tag to a file in a layer', async ({ page }) => {
      await page.goto('/lanternworks/web/-/tags');
      await page.getByRole('link', { name: '2.4.0', exact: true }).click();
      await expect(page).toHaveURL('/lanternworks/web/-/tags/2.4.0');
      await expect(page.getByText(`docker pull ${HOST}/lanternworks/web:2.4.0`)).toBeVisible();
      await expect(page.getByRole('region', { name: 'Tag history' })).toContainText('created');
      await expect(page.locator('dt:text-is("Tags") + dd')).toContainText('latest');

      await table(page, 'Table of platforms').getByRole('link', { name: 'linux/amd64' }).click();
      await expect(page).toHaveURL(/\/lanternworks\/web\/-\/digests\/sha256:[0-9a-f]{64}$/);
      await expect(page.getByText(/^docker pull .*\/lanternworks\/web@sha256:[0-9a-f]{64}$/)).toBeVisible();
      await expect(page.getByRole('table', { name: 'Runtime settings' })).toContainText('["/usr/local/bin/web"]');
      const steps = page.locator('#layers').getByRole('listitem');
      await expect(steps).toHaveText([
        /ADD fernwood/,
        /COPY \/out\/web /,
        /ENV WEB_ROOT/,
        /ENV WEB_LISTEN/,
        /EXPOSE/,
        /USER/,
        /ENTRYPOINT/,
        /COPY rootfs\/ \//,
      ]);

      await steps.last().getByRole('link').click();
      await expect(page).toHaveURL(/\/-\/layers\/sha256:[0-9a-f]{64}$/);
      await table(page, 'Files of the layer').getByRole('link', { name: 'etc/' }).click();
      await expect(page).toHaveURL(/\?path=etc$/);
      await expect(table(page, 'Files of the layer')).toContainText('demo-release');
      await expect(table(page, 'Files of the layer')).toContainText('-rw-r--r--');
      await page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name: 'root' }).click();
      await expect(table(page, 'Files of the layer').getByRole('link', { name: 'etc/' })).toBeVisible();
    });

    test('the layers page shows the layers of each platform with their build instructions', async ({ page }) => {
      await page.goto('/lanternworks/web/-/layers');
      await page.getByRole('navigation', { name: 'Platform' }).getByRole('link', { name: 'linux/arm64' }).click();
      await expect(page).toHaveURL(/platform=linux%2Farm64/);
      await expect(page.getByText('COPY rootfs/ /')).toBeVisible();
      await page.getByRole('link', { name: 'Manifest and config' }).click();
      await expect(page.locator('dt:text("Platform") + dd')).toHaveText('linux/arm64');
    });

    test('a visitor searches the packages of an attached SBOM and downloads it', async ({ page }) => {
      await page.goto('/brasslab/scan/-/security');
      const sboms = page.getByRole('region', { name: 'Bills of materials (SBOM)' });
      await expect(page.getByText(/^Vitrine hasn’t verified what was attached/)).toBeVisible();
      await sboms.getByText('Commands to fetch and verify').click();
      await expect(sboms.getByText(/^cosign verify-attestation .*\/brasslab\/scan@sha256:[0-9a-f]{64}$/)).toBeVisible();
      await sboms.getByRole('listitem').first().getByRole('link').click();
      await expect(page.getByRole('heading', { name: 'Bill of materials (SBOM)' })).toBeVisible();
      await expect(page.getByText(/^docker pull/)).toHaveCount(0);
      const packages = page.getByRole('region', { name: 'Packages' });
      await expect(packages.getByRole('row')).not.toHaveCount(0);
      await page.getByRole('searchbox', { name: 'Search packages' }).fill('no-such-package');
      await page.getByRole('button', { name: 'Search packages' }).click();
      await expect(page.getByText('No package matches.')).toBeVisible();
      await expect(page).toHaveURL(/\?q=no-such-package/);
      const href = await page.getByRole('link', { name: 'Download document' }).getAttribute('href');
      const file = await page.request.get(href ?? '');
      expect(file.headers()).toMatchObject({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
      expect(file.headers()['content-disposition']).toMatch(/^attachment; filename="scan-[0-9a-f]{12}\.json"$/);
    });
  });
}

test('digests in the manifest link to their content', async ({ page }) => {
  await page.goto('/quillbase/charts/editor/-/tags/1.2.0');
  const manifest = page.getByRole('region', { name: 'Manifest document' });
  await expect(manifest).toContainText('← Helm chart');
  await manifest.getByRole('link').last().click();
  await expect(table(page, 'Files of the layer').getByRole('link', { name: 'editor/' })).toBeVisible();
});

test('returns 404 for content of another repository', async ({ page, request }) => {
  await page.goto('/tidepool/kv/-/tags/latest');
  const platform = table(page, 'Table of platforms').getByRole('link', { name: 'linux/amd64' });
  const manifestPath = (await platform.getAttribute('href')) ?? '';
  await page.goto(manifestPath);
  const layerPath = (await page.locator('#layers').getByRole('link').first().getAttribute('href')) ?? '';
  for (const path of [manifestPath, layerPath]) {
    expect((await request.get(path)).status()).toBe(200);
    expect((await request.get(path.replace('/tidepool/kv/', '/tidepool/queue/'))).status()).toBe(404);
    expect((await request.get(path.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).status()).toBe(404);
  }
  const { alias, secret } = await createPublisher();
  const image = await hostileImage();
  await createDistributionClient(BASE_URL, secret).push(`${alias}/things`, image, ['1']);
  const other = await createPublisher();
  for (const path of [`digests/${image.digest}`, `layers/${image.blobs[1]?.digest ?? ''}`]) {
    expect((await request.get(`/${alias}/things/-/${path}`)).status()).toBe(200);
    expect((await request.get(`/${other.alias}/things/-/${path}`)).status()).toBe(404);
  }
});

test('a document of a private repository is downloaded by its members only', async ({ page, browser }) => {
  await signUp(page);
  const alias = await readAlias(page);
  await makeRepository(page, 'secret', { isPrivate: true });
  const image = await hostileImage();
  await createDistributionClient(BASE_URL, await makeToken(page)).push(`${alias}/secret`, image, ['1']);
  const path = `/api/attached/${alias}/secret/-/${image.blobs[1]?.digest ?? ''}`;
  const file = await page.request.get(path);
  expect(file.status()).toBe(200);
  expect(file.headers()['cache-control']).toContain('private');
  const stranger = await browser.newPage();
  expect((await stranger.request.get(path)).status()).toBe(404);
  await signUp(stranger);
  expect((await stranger.request.get(path)).status()).toBe(404);
  await stranger.close();
});

test('a secondary alias redirects to the canonical URL of a tag', async ({ page }) => {
  await page.goto('/tidepool');
  const other = await page.locator('dt:text("also") + dd').textContent();
  await page.goto(`/${other}/kv/-/tags/latest`);
  await expect(page).toHaveURL('/tidepool/kv/-/tags/latest');
});

for (const width of [1280, 320]) {
  test.describe(`${width} pixels wide`, () => {
    test.use({ viewport: { width, height: 800 } });
    test('pages escape hostile image metadata and keep their layout', async ({ page }) => {
      const alerts: string[] = [];
      page.on('dialog', (dialog) => {
        alerts.push(dialog.message());
        void dialog.dismiss();
      });
      const { alias, secret } = await createPublisher();
      const image = await hostileImage();
      await createDistributionClient(BASE_URL, secret).push(`${alias}/things`, image, ['1']);
      const layer = image.blobs[1]?.digest ?? '';
      for (const path of ['tags/1', 'layers', 'security', `layers/${layer}`, `layers/${layer}?path=..`]) {
        const response = await page.goto(`/${alias}/things/-/${path}`);
        expect(response?.status(), path).toBe(200);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, path).toBeLessThanOrEqual(0);
        expect((await page.content()).length, path).toBeLessThan(500_000);
      }
      await page.goto(`/${alias}/things/-/layers/${layer}`);
      await expect(table(page, 'Files of the layer')).toContainText('<script>alert(1)<');
      await expect(table(page, 'Files of the layer')).toContainText('gpj.\\u{202e}exe');
      await expect(table(page, 'Files of the layer')).toContainText('unusual name');
      await page.goto(`/${alias}/things/-/layers`);
      await expect(page.getByText('different numbers of layers')).toBeVisible();
      expect(alerts).toEqual([]);
    });
  });
}

function table(page: Page, label: string) {
  return page.getByRole('region', { name: label }).getByRole('table');
}

async function hostileImage(): Promise<BuiltManifest> {
  const tar = await buildTar(
    ['../../etc/passwd', '/abs', 'gpj.\u202eexe', '<script>alert(1)</script>', 'n'.repeat(60_000)].map((path) => {
      return { path, content: path };
    }),
  );
  const label = '<img src=x onerror=alert(1)>'.repeat(10_000);
  const config = {
    os: '<b>linux</b>',
    architecture: 'amd64\u202e',
    config: { Labels: { [label]: label }, Env: ['A=<script>alert(1)</script>'], Entrypoint: ['x'.repeat(10_000)] },
    history: [{ created_by: '<script>alert(1)</script>' }, { created_by: 'RUN a' }, { created_by: 5 }],
  };
  return buildManifest({
    config: blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(config)),
    layers: [blobOf('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar))],
    annotations: { '<script>alert(1)</script>': label, 'bidi\u202e': '\u202egpj' },
  });
}
