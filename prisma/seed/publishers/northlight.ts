import type { DemoPublisher } from '../demo-types.ts';
import { chartReleases } from '../images/artifacts.ts';
import { attach } from '../images/attestations.ts';
import { currentBase, currentNode } from '../images/os-bases.ts';
import { npm } from '../images/packages.ts';
import type { Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'northlight';

const METRICS: Program = {
  repository: 'northlight/metrics',
  title: 'Northlight metrics',
  description: 'Time-series database for metrics, with long retention on little disk',
  licence: 'Apache-2.0',
  base: currentBase,
  kilobytes: 22,
  port: 9200,
  files: [{ path: 'etc/metrics/metrics.toml', content: 'listen = ":9200"\n[retention]\nraw = "15d"\n' }],
};

const LOGS: Program = {
  repository: 'northlight/logs',
  title: 'Northlight logs',
  description: 'Log store with labels and fast text search, without a large index',
  licence: 'AGPL-3.0-only',
  base: currentBase,
  kilobytes: 19,
  port: 9210,
};

const DASHBOARDS: Program = {
  repository: 'northlight/dashboards',
  title: 'Northlight dashboards',
  description: 'Dashboards as code, for metrics, logs and SQL',
  licence: 'AGPL-3.0-only',
  base: currentNode,
  port: 9220,
  packages: () => [
    npm('fastify', '4.28.1', 'MIT', 'Fast and low overhead web framework'),
    npm('pg', '8.13.1', 'MIT', 'PostgreSQL client'),
    npm('yaml', '2.6.0', 'ISC', 'YAML parser'),
    npm('cookie', '0.6.0', 'MIT', 'HTTP server cookies'),
  ],
};

const AGENT: Program = {
  repository: 'northlight/agent',
  title: 'Northlight agent',
  description: 'Collects metrics and logs of machines and containers',
  licence: 'Apache-2.0',
  base: currentBase,
  architectures: ['amd64', 'arm64', 'arm'],
  kilobytes: 10,
  files: [{ path: 'etc/agent/agent.toml', content: '[collect]\nevery = "15s"\n' }],
};

const BENCHMARK = {
  machine: 'demo-bench-1, 8 cores, 32 GB',
  note: 'Made-up figures of the demo gallery',
  results: [
    { name: 'ingest', samplesPerSecond: 1_840_000, cpuPercent: 212 },
    { name: 'query 1h', p50Ms: 7.1, p99Ms: 41.8 },
    { name: 'query 30d', p50Ms: 96, p99Ms: 388 },
    { name: 'bytes per sample', value: 1.31 },
  ],
};

export const NORTHLIGHT: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Northlight Observability (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.northlight,
  profile: {
    bio: 'Metrics, logs and dashboards that one person can run. Start with the agent, or install all of it with the chart.',
    website: 'https://northlight.example/docs',
    sourceUrl: 'https://git.example/northlight',
    contact: 'support@northlight.example',
    bannerColour: 'blue',
    pins: ['charts/stack', 'agent', 'metrics', 'logs', 'dashboards'],
  },
  joined: '2024-12-09T15:25:00Z',
  repositories: [
    repository(ALIAS, 'metrics', {
      description: METRICS.description,
      categories: ['monitoring', 'databases'],
      pullsPerDay: 1_980,
      trend: 'rising',
      releases: programReleases(
        METRICS,
        [
          ['2.9.0', '2024-12-18'],
          ['2.10.0', '2025-10-07'],
          ['3.0.0', '2026-06-23'],
          ['3.1.0', '2026-11-11'],
        ],
        {
          '3.1.0': (subject) => [
            {
              manifest: attach(subject, 'application/vnd.northlight.benchmark.v1+json', 'benchmark.json', BENCHMARK),
              tags: [],
            },
          ],
        },
      ),
    }),
    repository(ALIAS, 'logs', {
      description: LOGS.description,
      categories: ['monitoring'],
      pullsPerDay: 760,
      trend: 'steady',
      releases: programReleases(LOGS, [
        ['2.4.0', '2026-01-27'],
        ['2.5.0', '2026-10-15'],
      ]),
    }),
    repository(ALIAS, 'dashboards', {
      description: DASHBOARDS.description,
      categories: ['monitoring', 'data-analytics'],
      pullsPerDay: 1_310,
      trend: 'steady',
      releases: programReleases(DASHBOARDS, [
        ['10.2.0', '2025-12-09'],
        ['10.3.0', '2026-10-12'],
        ['11.0.0', '2026-11-23'],
      ]),
    }),
    repository(ALIAS, 'agent', {
      description: AGENT.description,
      categories: ['monitoring'],
      pullsPerDay: 2_700,
      trend: 'steady',
      releases: programReleases(AGENT, [
        ['1.9.0', '2025-09-16'],
        ['1.10.0', '2026-06-11'],
        ['1.11.0', '2026-11-05'],
      ]),
    }),
    repository(ALIAS, 'charts/stack', {
      description: 'Helm chart for metrics, logs, dashboards and agents',
      categories: ['monitoring', 'kubernetes'],
      pullsPerDay: 230,
      trend: 'rising',
      releases: chartReleases(
        {
          name: 'stack',
          description: 'Northlight on Kubernetes',
          image: 'northlight/metrics',
          port: 9200,
          replicas: 1,
        },
        [
          ['0.5.0', '2026-06-24'],
          ['0.6.0', '2026-11-24'],
        ],
      ),
    }),
  ],
};
