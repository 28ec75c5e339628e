import type { DemoPublisher } from '../demo-types.ts';
import { chartReleases } from '../images/artifacts.ts';
import { currentBase, currentPython } from '../images/os-bases.ts';
import { pypi } from '../images/packages.ts';
import type { Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'tidepool';

const KV: Program = {
  repository: 'tidepool/kv',
  title: 'Tidepool KV',
  description: 'Key-value store with snapshots and point-in-time restore',
  licence: 'BSD-3-Clause',
  base: currentBase,
  kilobytes: 24,
  port: 7420,
  environment: { KV_DATA: '/data', KV_MEMORY: '512MB' },
  files: [
    { path: 'etc/kv/kv.conf', content: `data = /data\nlisten = 0.0.0.0:7420\nretain = 7d\n` },
    { path: 'usr/local/bin/kv-health', content: '#!/bin/sh\nexec kv ping --timeout 2s\n', mode: 0o755 },
  ],
};

const QUEUE: Program = {
  repository: 'tidepool/queue',
  title: 'Tidepool queue',
  description: 'Durable message queue for background jobs',
  licence: 'BSD-3-Clause',
  base: currentBase,
  kilobytes: 16,
  port: 7430,
  files: [{ path: 'etc/queue/queue.conf', content: 'data = /data\nlisten = 0.0.0.0:7430\n' }],
};

const LOADER: Program = {
  repository: 'tidepool/warehouse/loader',
  title: 'Warehouse loader',
  description: 'Loads Parquet and CSV files into PostgreSQL',
  licence: 'MIT',
  base: currentPython,
  architectures: ['amd64'],
  packages: () => [
    pypi('pandas', '2.2.2', 'BSD-3-Clause', 'Powerful data structures for data analysis'),
    pypi('numpy', '1.26.4', 'BSD-3-Clause', 'Fundamental package for array computing'),
    pypi('pyarrow', '14.0.0', 'Apache-2.0', 'Python library for Apache Arrow'),
    pypi('psycopg', '3.1.19', 'LGPL-3.0-only', 'PostgreSQL database adapter'),
    pypi('requests', '2.31.0', 'Apache-2.0', 'HTTP for humans'),
    pypi('urllib3', '2.0.6', 'MIT', 'HTTP library with connection pooling'),
  ],
};

const BACKUP: Program = {
  repository: 'tidepool/backup',
  title: 'Tidepool backup',
  description: 'Encrypted backups of databases, with retention and restore tests',
  licence: 'Apache-2.0',
  base: currentBase,
  kilobytes: 11,
};

export const TIDEPOOL: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Tidepool Data (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.tidepool,
  profile: {
    bio: 'Databases and queues that survive a power cut.\n\nMaintained by six people in four time zones. Please report security problems by e-mail.',
    website: 'https://tidepool.example',
    sourceUrl: 'https://git.example/tidepool',
    contact: 'security@tidepool.example',
    bannerColour: 'teal',
    pins: ['kv', 'queue', 'charts/kv'],
  },
  joined: '2024-11-06T14:40:00Z',
  repositories: [
    repository(ALIAS, 'kv', {
      description: KV.description,
      categories: ['databases'],
      logo: LOGOS.kv,
      pullsPerDay: 3_100,
      trend: 'steady',
      releases: programReleases(KV, [
        ['6.4.0', '2025-01-20'],
        ['7.0.0', '2025-08-11'],
        ['7.1.0', '2026-03-02'],
        ['7.1.2', '2026-06-30'],
        ['7.2.0', '2026-10-28'],
      ]),
    }),
    repository(ALIAS, 'queue', {
      description: QUEUE.description,
      categories: ['messaging'],
      pullsPerDay: 1_240,
      trend: 'rising',
      releases: programReleases(QUEUE, [
        ['3.0.0', '2026-03-14'],
        ['3.0.1', '2026-07-22'],
        ['3.1.0', '2026-11-24'],
      ]),
    }),
    repository(ALIAS, 'warehouse/loader', {
      description: LOADER.description,
      categories: ['data-analytics', 'databases'],
      pullsPerDay: 190,
      trend: 'steady',
      releases: programReleases(LOADER, [
        ['0.3.0', '2026-05-18'],
        ['0.4.0', '2026-09-14'],
      ]),
    }),
    repository(ALIAS, 'backup', {
      description: BACKUP.description,
      categories: ['databases', 'security'],
      pullsPerDay: 310,
      trend: 'steady',
      releases: programReleases(BACKUP, [
        ['1.0.0', '2026-10-20'],
        ['1.1.0', '2026-11-15'],
      ]),
    }),
    repository(ALIAS, 'charts/kv', {
      description: 'Helm chart for Tidepool KV with replicas and snapshots',
      categories: ['databases', 'kubernetes'],
      pullsPerDay: 140,
      trend: 'steady',
      releases: chartReleases(
        { name: 'kv', description: 'Runs Tidepool KV with replicas', image: 'tidepool/kv', port: 7420, replicas: 2 },
        [
          ['7.1.2', '2026-07-02'],
          ['7.2.0', '2026-10-29'],
        ],
      ),
    }),
  ],
};
