import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { beforeTransaction } from '#lib/testing/before-transaction.ts';
import { createMirrorSite, type MirrorSite } from '#lib/testing/servers/mirror-site.ts';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';
import { describeImage } from './describe-image.ts';

let site: MirrorSite;
let pictures: string;
const server = createServer((req, res) => {
  if (req.url === '/logo.png') void makeLogo().then((bytes) => res.end(bytes));
  else if (req.url === '/large.png') res.end(Buffer.alloc(600_000));
  else if (req.url === '/away') res.writeHead(302, { location: 'http://127.0.0.2:9/logo.png' }).end();
  else res.end('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
});
beforeAll(async () => {
  site = await createMirrorSite();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  pictures = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(async () => {
  server.close();
  await site.close();
});

let count = 0;

/** Pulls an image through and runs the job. Returns its payload and a reader of the repository's row. */
async function describePulled(annotations: Record<string, string>, labels: Record<string, string> = {}) {
  const name = `image-${(count += 1)}`;
  const document = {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    created: '2024-05-01T10:00:00Z',
    config: { Labels: labels },
  };
  const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(document));
  const image = buildManifest({ config, layers: [], annotations });
  site.upstream.content.add(name, image, 'latest');
  await site.anybody.send('GET', `/v2/${await site.mirror(name)}/manifests/latest`);
  const { id } = await site.app.db.repository.findFirstOrThrow({ where: { name } });
  const payload = { repositoryId: String(id), digest: image.digest };
  await describeImage(site.app, payload);
  return {
    payload,
    row: () => site.app.db.repository.findUniqueOrThrow({ where: { id }, include: { manifests: true, logo: true } }),
  };
}

const key = (name: string) => `org.opencontainers.image.${name}`;
const LOGO = 'io.artifacthub.package.logo-url';

describe('a mirrored image', () => {
  it('gets its platform, description and links, from annotations before labels', async () => {
    const { row } = await describePulled(
      {
        [key('description')]: 'A small tool',
        [key('source')]: 'https://example.org/tool',
        [LOGO]: `${pictures}/logo.png`,
      },
      { [key('description')]: 'from the label', [key('licenses')]: 'Apache-2.0' },
    );
    const described = await row();
    expect(described).toMatchObject({ description: 'A small tool' });
    expect(described.aboutText).toBe('- Source: <https://example.org/tool>\n- Licence: Apache\\-2\\.0');
    expect(described.manifests[0]).toMatchObject({ os: 'linux', architecture: 'arm64', variant: 'v8' });
    // Logos are re-encoded.
    expect(Buffer.from(described.logo?.bytes ?? []).toString('latin1', 8, 12)).toBe('WEBP');
    const audit = await site.app.db.auditEvent.count({ where: { action: 'repository.describe-mirror' } });
    expect(audit).toBe(1);
  });

  it('keeps the texts that its publisher has written', async () => {
    const { payload, row } = await describePulled({});
    await site.app.db.repository.update({ where: { id: (await row()).id }, data: { description: 'Ours' } });
    await describeImage(site.app, payload);
    expect((await row()).description).toBe('Ours');
  });

  it.each([
    [
      'a link with an unsafe URL',
      { [key('source')]: 'javascript:alert(1)', [key('url')]: 'https://user:pw@example.org/' },
      '',
    ],
    [
      'text that would be Markdown',
      { [key('vendor')]: '# [x](https://evil.test) <b>' },
      '- Vendor: \\# \\[x\\]\\(https\\:\\/\\/evil\\.test\\) \\<b\\>',
    ],
    ['line breaks and bidi overrides', { [key('authors')]: 'a\n\n# b\u202ec\u0000' }, '- Authors: a \\# b c'],
    ['a megabyte', { [key('vendor')]: 'v'.repeat(1_000_000) }, `- Vendor: ${'v'.repeat(200)}`],
  ])('with %s is sanitized', async (_what, annotations, aboutText) => {
    const { row } = await describePulled(annotations);
    expect((await row()).aboutText.replace(/\uFFFD/g, '').trim()).toBe(aboutText);
  });

  it.each([
    ['a private address', () => 'http://127.0.0.2:9/logo.png'],
    ['a redirect to one', () => `${pictures}/away`],
    ['an SVG with a script', () => `${pictures}/svg`],
    ['an oversized picture', () => `${pictures}/large.png`],
    ['a file URL', () => 'file:///etc/passwd'],
  ])('with %s as its logo gets no logo', async (_what, url) => {
    const { row } = await describePulled({ [LOGO]: url(), [key('title')]: 'Still described' });
    expect(await row()).toMatchObject({ logoId: null, description: 'Still described' });
  });

  it.each([
    ['with its repository', (id: bigint) => site.app.db.repository.delete({ where: { id } })],
    ['alone', (repositoryId: bigint) => site.app.db.manifest.deleteMany({ where: { repositoryId } })],
  ])('that is removed meanwhile %s ends the job quietly', async (_what, remove) => {
    const { payload, row } = await describePulled({ [key('description')]: 'A small tool' });
    const { id } = await row();
    const late = beforeTransaction(site.app, () => remove(id));
    await expect(describeImage(late, payload)).resolves.toBeUndefined();
    expect(await site.app.db.manifest.count({ where: { repositoryId: id } })).toBe(0);
  });

  it('that can’t be described yet is tried again', async () => {
    const { payload } = await describePulled({ [key('description')]: 'A small tool' });
    const late = beforeTransaction(site.app, () => Promise.reject(new Error('the database is away')));
    await expect(describeImage(late, payload)).rejects.toThrow('the database is away');
  });

  it('in quarantine is left unchanged', async () => {
    const { payload, row } = await describePulled({ [key('description')]: 'A small tool' });
    const { id } = await row();
    const quarantined = { quarantinedAt: new Date(), quarantineReason: 'A miner was found.', description: '' };
    await site.app.db.repository.update({ where: { id }, data: quarantined });
    await describeImage(site.app, payload);
    expect(await row()).toMatchObject({ description: '' });
    await site.app.db.repository.update({ where: { id }, data: { quarantinedAt: null, quarantineReason: null } });
    await describeImage(site.app, payload);
    expect(await row()).toMatchObject({ description: 'A small tool' });
  });
});
