import { expect, onTestFinished, test } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { MetricsPage } from '#lib/platform/metrics/metrics-page.ts';
import { MIRROR_CACHE_METRICS, UPSTREAM_METRICS } from './upstream-metrics.ts';

test('metrics count answers, bytes and failures per upstream', async () => {
  const site = await createMirrorSite();
  onTestFinished(() => site.close());
  const { app, upstream } = site;
  const image = buildManifest({ config: blobOf('application/vnd.oci.image.config.v1+json', '{}'), layers: [] });
  upstream.content.add('app', image, 'latest');
  const name = await site.mirror('app');
  for (let i = 0; i < 3; i += 1) await site.anybody.send('GET', `/v2/${name}/manifests/latest`);
  upstream.misbehave({ status: 500 });
  await site.anybody.send('GET', `/v2/${name}/manifests/other`);
  const config = { mirrors: { ...app.config.mirrors, cacheMaxBytes: 1_000 } };
  const metrics = new MetricsPage([UPSTREAM_METRICS, MIRROR_CACHE_METRICS], { ...app, config });
  const read = async () => {
    const text = await metrics.render();
    return (pattern: string) => Number(new RegExp(`^${pattern} (\\S+)$`, 'm').exec(text)?.[1]);
  };
  const value = await read();
  const labels = `upstream="${upstream.host}"`;
  expect(value(`vitrine_upstream_answers_total\\{${labels},cache="HIT"\\}`)).toBe(2);
  expect(value(`vitrine_upstream_answers_total\\{${labels},cache="MISS"\\}`)).toBe(1);
  expect(value(`vitrine_upstream_failures_total\\{${labels}\\}`)).toBe(1);
  expect(value(`vitrine_upstream_fetched_bytes_total\\{${labels}\\}`)).toBe(image.bytes.length);
  expect(value('vitrine_cache_max_bytes')).toBe(1_000);
  // A second scrape reports the same values.
  expect((await read())(`vitrine_upstream_answers_total\\{${labels},cache="HIT"\\}`)).toBe(2);
});
