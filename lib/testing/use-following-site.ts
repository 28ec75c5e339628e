// A site with a publisher and a reader, both new for each test, for a test file about following.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { followRepository } from '#lib/following/follow-repository.ts';
import { buildImage, type BuiltManifest } from './images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from './create-test-app.ts';
import { createDistributionClient } from './distribution-client.ts';

/** Registers the hooks that start and close the site. Call it once at the top of a test file. */
export function useFollowingSite() {
  let site: TestApp;
  let publisher: TestUser;
  let reader: TestUser;
  let images: BuiltManifest[];
  beforeAll(async () => {
    site = await createTestApp();
    const platform = { os: 'linux', architecture: 'amd64' };
    const build = (content: string) =>
      buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'a', content }]] });
    images = await Promise.all([build('one'), build('two')]);
  });
  afterAll(() => site.close());
  beforeEach(async () => {
    [publisher, reader] = [await site.createUser(), await site.createUser()];
  });
  const full = (name: string) => `${publisher.alias}/${name}`;
  return {
    get site() {
      return site;
    },
    get publisher() {
      return publisher;
    },
    get reader() {
      return reader;
    },
    get images() {
      return images;
    },
    /** Returns the full name of the publisher's repository. */
    full,
    /** Pushes one of two images as the publisher. */
    push: async (name: string, tags: string[], which = 0) => {
      const image = images[which];
      if (image) await createDistributionClient(site.url, publisher.token).push(full(name), image, tags);
    },
    /** As the reader. */
    follow: (name: string) => followRepository(site.app, { caller: reader.caller, fullName: full(name) }),
  };
}
