import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, vitrine, withFolder } from '../fixtures.ts';
import { buildSampleImage } from '../clients/sample-image.ts';

async function read(fullName: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${BASE_URL}/api/v1/repositories/${encodeURIComponent(fullName)}`);
  return { status: response.status, ...((await response.json()) as object) };
}

describe('vitrine repository update', () => {
  test('updates the page beside a running server', async () => {
    const { alias, secret } = await createPublisher();
    const repository = `${alias}/tools/app`;
    await createDistributionClient(BASE_URL, secret).push(repository, await buildSampleImage(), ['1.0']);
    await withFolder(async (folder) => {
      const about = join(folder, 'README.md');
      writeFileSync(about, '# About\n\nText.');
      const texts = ['--description', 'Watches things', '--about', about, '--os', 'Linux', '--architecture', 'ARM 64'];
      texts.push('--category', 'monitoring', '--category', 'security');
      const output = await vitrine('repository', 'update', '--repository', repository, ...texts, '--json');
      expect(JSON.parse(output)).toMatchObject({ repository });
    });
    expect(await read(repository)).toMatchObject({
      status: 200,
      description: 'Watches things',
      aboutText: '# About\n\nText.',
      usageText: '',
      operatingSystems: ['linux'],
      architectures: ['arm64'],
      categories: ['monitoring', 'security'],
      visibility: 'public',
    });
    await vitrine('repository', 'update', '--repository', repository, '--visibility', 'private');
    expect(await read(repository)).toMatchObject({ status: 404 });
  });

  test('reports invalid input and changes nothing', async () => {
    const { alias, secret } = await createPublisher();
    const repository = `${alias}/app`;
    await createDistributionClient(BASE_URL, secret).push(repository, await buildSampleImage(), ['1.0']);
    const update = (...args: string[]) => vitrine('repository', 'update', '--repository', repository, ...args);
    await expect(update()).rejects.toThrow('Give at least one option');
    await expect(update('--description', 'two\nlines')).rejects.toThrow('on a single line');
    await expect(update('--about', '/no/such/file')).rejects.toThrow("Can't read");
    await expect(update('--description', 'x', '--visibility', 'secret')).rejects.toThrow(/public/);
    await expect(vitrine('repository', 'update', '--repository', 'no/such', '--description', 'x')).rejects.toThrow(
      "doesn't exist",
    );
    expect(await read(repository)).toMatchObject({ description: '', visibility: 'public' });
  });
});
