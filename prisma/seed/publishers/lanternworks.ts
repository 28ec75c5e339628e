import { LOGOS } from '../logos.ts';
import type { DemoPublisher } from '../demo-types.ts';
import { morningOf } from '../demo-calendar.ts';
import { chartReleases } from '../images/artifacts.ts';
import { buildHello } from '../images/hello-image.ts';
import { currentBase, fernwoodBase } from '../images/os-bases.ts';
import type { Program } from '../images/recipes.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'lanternworks';

const WEB: Program = {
  repository: 'lanternworks/web',
  title: 'Lantern web',
  description: 'Static file server with sane caching headers',
  licence: 'Apache-2.0',
  base: currentBase,
  port: 8080,
  environment: { WEB_ROOT: '/srv', WEB_LISTEN: ':8080' },
  files: [
    {
      path: 'etc/web/web.toml',
      content: `root = "/srv"\nlisten = ":8080"\nmax_age = "10m"\n`,
    },
    { path: 'srv/index.html', content: '<!doctype html><title>Lantern web</title><h1>It works</h1>\n' },
  ],
};

const PROXY: Program = {
  repository: 'lanternworks/proxy',
  title: 'Lantern proxy',
  description: 'Reverse proxy for small clusters, configured by one file',
  licence: 'Apache-2.0',
  base: currentBase,
  kilobytes: 19,
  port: 443,
  files: [{ path: 'etc/proxy/proxy.hcl', content: 'listen = ":443"\n' }],
};

const CERTS: Program = {
  repository: 'lanternworks/certs',
  title: 'Lantern certs',
  description: 'Gets and renews TLS certificates by ACME, on a schedule',
  licence: 'MIT',
  base: () => fernwoodBase('2026.06'),
  kilobytes: 9,
};

export const LANTERNWORKS: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Lantern Works (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.lanternworks,
  profile: {
    bio: 'We make the quiet parts of the web: a static file server, a reverse proxy and the certificates for both.',
    website: 'https://lanternworks.example',
    sourceUrl: 'https://git.example/lanternworks',
    contact: 'hello@lanternworks.example',
    bannerColour: 'slate',
    pins: ['web', 'proxy', 'charts/lantern'],
  },
  joined: '2024-11-20T10:12:00Z',
  repositories: [
    repository(ALIAS, 'web', {
      description: WEB.description,
      categories: ['web-servers'],
      pullsPerDay: 2_350,
      trend: 'rising',
      releases: programReleases(WEB, [
        ['1.8.0', '2024-12-03'],
        ['2.0.0', '2025-04-15'],
        ['2.1.0', '2025-09-22'],
        ['2.2.0', '2026-02-10'],
        ['2.3.0', '2026-08-04'],
        ['2.3.1', '2026-09-15'],
        ['2.4.0', '2026-11-09'],
      ]),
    }),
    repository(ALIAS, 'proxy', {
      description: PROXY.description,
      categories: ['web-servers', 'networking'],
      pullsPerDay: 870,
      trend: 'steady',
      releases: programReleases(PROXY, [
        ['0.8.0', '2025-11-12'],
        ['0.9.0', '2026-05-20'],
        ['1.0.0', '2026-10-11'],
        ['1.1.0-rc.1', '2026-11-18'],
      ]),
    }),
    repository(ALIAS, 'hello', {
      description: 'Prints one line and exits: the smallest image to try a pull with',
      categories: ['developer-tools'],
      pullsPerDay: 130,
      trend: 'steady',
      releases: [
        {
          tags: ['1.0.0', '1.0', 'latest'],
          published: morningOf('2026-01-09', 'lanternworks/hello'),
          build: () => buildHello('Lantern hello', '1.0.0', '2026-01-09T09:00:00Z'),
        },
      ],
    }),
    repository(ALIAS, 'certs', {
      description: CERTS.description,
      categories: ['security', 'networking'],
      pullsPerDay: 240,
      trend: 'fading',
      releases: programReleases(CERTS, [
        ['0.4.0', '2026-06-18'],
        ['0.5.0', '2026-07-19'],
      ]),
    }),
    repository(ALIAS, 'charts/lantern', {
      description: 'Helm chart that serves a static site with Lantern web',
      categories: ['web-servers', 'kubernetes'],
      pullsPerDay: 96,
      trend: 'steady',
      releases: chartReleases(
        {
          name: 'lantern',
          description: 'Serves a static site with Lantern web',
          image: 'lanternworks/web',
          port: 8080,
          replicas: 2,
        },
        [
          ['1.4.0', '2025-10-01'],
          ['2.0.0', '2026-11-10'],
        ],
      ),
    }),
    repository(ALIAS, 'staging', {
      description: 'Release candidates of Lantern web, for the team',
      categories: ['web-servers'],
      isPrivate: true,
      pullsPerDay: 6,
      trend: 'steady',
      releases: programReleases({ ...WEB, repository: 'lanternworks/staging', title: 'Lantern web' }, [
        ['2.5.0-rc.1', '2026-11-24'],
        ['2.5.0-rc.2', '2026-11-26'],
      ]),
    }),
  ],
};
