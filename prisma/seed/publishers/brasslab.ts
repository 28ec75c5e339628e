import type { DemoPublisher } from '../demo-types.ts';
import { spdxOf } from '../images/attestations.ts';
import { currentBase, fernwoodFull } from '../images/os-bases.ts';
import type { Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'brasslab';

const RUNNER: Program = {
  repository: 'brasslab/ci/runner',
  title: 'Brasslab runner',
  description: 'Build runner that starts every job in a fresh sandbox',
  licence: 'GPL-3.0-or-later',
  base: (created) => (created < '2026-08-10' ? null : fernwoodFull('2026.08')),
  kilobytes: 21,
  environment: { RUNNER_JOBS: '2', RUNNER_NETWORK: 'host' },
  files: [
    { path: 'etc/runner/config.toml', content: 'jobs = 2\nnetwork = "host"\n' },
    {
      path: 'usr/local/bin/runner-entrypoint.sh',
      content: '#!/bin/sh\nset -eu\nexec ci-runner run "$@"\n',
      mode: 0o755,
    },
  ],
};

const SCAN: Program = {
  repository: 'brasslab/scan',
  title: 'Brasslab scan',
  description: 'Lists what is inside an image; comes with a bill of materials',
  licence: 'Apache-2.0',
  base: currentBase,
  kilobytes: 14,
};

const CACHE: Program = {
  repository: 'brasslab/cache',
  title: 'Brasslab cache',
  description: 'Shared cache for compilers, bundlers and test runners',
  licence: 'Apache-2.0',
  base: currentBase,
  port: 8980,
};

export const BRASSLAB: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Brasslab Automation (demo)',
  verifiedBecause: null,
  logo: LOGOS.brasslab,
  profile: {
    bio: 'Build runners, caches and scanners for teams that would rather ship than wait for CI.',
    sourceUrl: 'https://git.example/brasslab',
  },
  joined: '2025-06-02T11:30:00Z',
  repositories: [
    repository(ALIAS, 'ci/runner', {
      description: RUNNER.description,
      categories: ['ci-cd'],
      pullsPerDay: 790,
      trend: 'steady',
      releases: programReleases(RUNNER, [
        ['24.8.0', '2025-08-21'],
        ['24.10.0', '2026-04-02'],
        ['24.11.0', '2026-11-20'],
      ]),
    }),
    repository(ALIAS, 'scan', {
      description: SCAN.description,
      categories: ['security', 'developer-tools'],
      pullsPerDay: 330,
      trend: 'rising',
      releases: programReleases(
        SCAN,
        [
          ['2.0.0', '2026-05-06'],
          ['2.1.0', '2026-10-05'],
        ],
        { '2.1.0': (subject, described) => [{ manifest: spdxOf(subject, described), tags: [] }] },
      ),
    }),
    repository(ALIAS, 'cache', {
      description: CACHE.description,
      categories: ['ci-cd', 'developer-tools'],
      pullsPerDay: 150,
      trend: 'steady',
      releases: programReleases(CACHE, [
        ['0.6.0', '2026-02-24'],
        ['0.7.0', '2026-11-12'],
      ]),
    }),
    repository(ALIAS, 'nightly', {
      description: 'Nightly builds of the Brasslab runner',
      categories: ['ci-cd'],
      pullsPerDay: 20,
      trend: 'steady',
      quarantineReason: 'Demo: a deploy key was published in this image. It stays closed until the key is revoked.',
      releases: programReleases({ ...RUNNER, repository: 'brasslab/nightly', title: 'Brasslab nightly' }, [
        ['2026-11-26', '2026-11-26'],
      ]),
    }),
  ],
};
