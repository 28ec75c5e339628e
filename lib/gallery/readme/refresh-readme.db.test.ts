import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { setReadmeSource } from './set-readme-source.ts';
import { describeRepository } from '../describe-repository.ts';
import { getReadme } from './get-readme.ts';
import { refreshDueReadmes } from './refresh-due-readmes.ts';
import { refreshReadme } from './refresh-readme.ts';

const SOURCE = 'https://github.com/acme/monitor';
const README = `${SOURCE}/raw/HEAD/README.md`;

let site: TestApp;
let owner: TestUser;
/** Answers by address. A missing one is a missing file. */
const files = new Map<string, Buffer | AppError>();
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
});
beforeEach(() => files.clear());
afterAll(() => site.close());

const client = {
  fetchFile: ({ url }: { url: URL }) => {
    const answer = files.get(url.href) ?? null;
    return answer instanceof AppError ? Promise.reject(answer) : Promise.resolve(answer);
  },
};

let count = 0;
async function publish(labels: Record<string, string>) {
  const fullName = `${owner.alias}/readme-${(count += 1)}`;
  const document = { os: 'linux', architecture: 'amd64', config: { Labels: labels } };
  const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(document));
  await createDistributionClient(site.url, owner.token).push(fullName, buildManifest({ config, layers: [] }), ['1.0']);
  const id = (await findRepository(site.app, fullName))?.id ?? 0n;
  await describeRepository(site.app, id);
  const app = { ...site.app, upstream: { client, closing: new AbortController() } };
  return {
    id,
    app,
    choose: (source: string | null, caller = owner.caller) => setReadmeSource(site.app, { caller, fullName, source }),
    refresh: async () => {
      await refreshReadme(app, { repositoryId: String(id) });
      return getReadme(site.app, { repositoryId: id });
    },
  };
}

const label = (name: string) => `org.opencontainers.image.${name}`;

describe('a README', () => {
  test('comes from the source repository, and follows it', async () => {
    const { choose, refresh } = await publish({ [label('source')]: SOURCE });
    expect(await refresh()).toBeNull();
    await choose('source');
    files.set(README, Buffer.from('# Monitor'));
    expect(await refresh()).toMatchObject({ url: README, text: '# Monitor', problem: null });
    files.set(README, Buffer.from('# Monitor 2'));
    expect((await refresh())?.text).toBe('# Monitor 2');
    await choose(null);
    expect(await refresh()).toBeNull();
  });

  test('has one of the usual names', async () => {
    const { choose, refresh } = await publish({ [label('source')]: SOURCE });
    await choose('source');
    files.set(`${SOURCE}/raw/HEAD/readme.md`, Buffer.from('small'));
    expect((await refresh())?.text).toBe('small');
  });

  test('comes from the file that the image names', async () => {
    const { choose, refresh } = await publish({ 'io.artifacthub.package.readme-url': 'https://example.org/R.md' });
    await choose('image');
    files.set('https://example.org/R.md', Buffer.from('named'));
    expect(await refresh()).toMatchObject({ url: 'https://example.org/R.md', text: 'named' });
  });

  test('stays when it cannot be fetched, with the reason', async () => {
    const { choose, refresh } = await publish({ [label('source')]: SOURCE });
    await choose('source');
    files.set(README, Buffer.from('kept'));
    await refresh();
    files.set(README, new AppError('upstream_unavailable', 'no'));
    for (const name of ['readme.md', 'Readme.md', 'README.markdown'])
      files.set(`${SOURCE}/raw/HEAD/${name}`, new AppError('upstream_unavailable', 'no'));
    expect(await refresh()).toMatchObject({ text: 'kept', problem: 'github.com couldn’t be reached.' });
  });

  test.each([
    ['a web page', Buffer.from('\n<!DOCTYPE html><html></html>')],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00])],
    ['nothing', Buffer.from(' \n')],
  ])('is never %s', async (_what, bytes) => {
    const { choose, refresh } = await publish({ 'io.artifacthub.package.readme-url': 'https://example.org/R.md' });
    await choose('image');
    files.set('https://example.org/R.md', bytes);
    expect(await refresh()).toMatchObject({ text: '', problem: 'https://example.org/R.md isn’t a Markdown text.' });
  });

  test('is cut at a line', async () => {
    const { choose, refresh } = await publish({ 'io.artifacthub.package.readme-url': 'https://example.org/R.md' });
    await choose('image');
    files.set('https://example.org/R.md', Buffer.from('A line of the text\n'.repeat(5_000)));
    const text = (await refresh())?.text ?? '';
    expect(text.length).toBeLessThanOrEqual(25_600);
    expect(text).toMatch(/\nA line of the text$/);
  });

  test.each([
    ['source', {}, 'The image names no source repository.'],
    ['source', { [label('source')]: 'https://example.org/a/b' }, 'Only READMEs on GitHub'],
    ['image', {}, 'The image names no README.'],
  ])('from %s with the labels %j tells why there is none', async (source, labels, problem) => {
    const { choose, refresh } = await publish(labels);
    await choose(source);
    expect((await refresh())?.problem).toContain(problem);
  });

  test('is chosen by who may edit the page', async () => {
    const { choose } = await publish({});
    const stranger = await site.createUser();
    await expect(choose('source', stranger.caller)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(choose('elsewhere')).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('chosen twice at the same time has one row and one change', async () => {
    const { id, choose } = await publish({});
    await Promise.all([choose('source'), choose('source')]);
    expect(await site.app.db.readme.count({ where: { repositoryId: id } })).toBe(1);
  });

  test('is fetched again after a push, and after a day', async () => {
    const { id, choose, app } = await publish({ [label('source')]: SOURCE });
    await choose('source');
    const run = async (text: string) => {
      files.set(README, Buffer.from(text));
      await refreshDueReadmes(app);
      return (await getReadme(site.app, { repositoryId: id }))?.text;
    };
    expect(await run('first')).toBe('first');
    expect(await run('not due')).toBe('first');
    await site.app.db.repository.update({ where: { id }, data: { lastPushedAt: new Date(Date.now() + 1_000) } });
    expect(await run('pushed')).toBe('pushed');
    await site.app.db.repository.update({ where: { id }, data: { lastPushedAt: new Date(0) } });
    const triedAt = new Date(Date.now() - 25 * 3_600_000);
    await site.app.db.readme.update({ where: { repositoryId: id }, data: { triedAt } });
    expect(await run('a day later')).toBe('a day later');
  });
});
