import type { DemoPublisher, DemoRelease } from '../demo-types.ts';
import { morningOf } from '../demo-calendar.ts';
import type { Architecture, LayerRecipe } from '../images/image-recipe.ts';
import {
  BASE_VERSIONS,
  baseDate,
  currentBase,
  fernwoodBase,
  fernwoodFull,
  greeter,
  nodeRuntime,
  pythonRuntime,
  type BaseImage,
} from '../images/os-bases.ts';
import { apk, apkDatabase } from '../images/packages.ts';
import { BOTH, labelsOf, type Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'fernwood';
const ALL: Architecture[] = ['amd64', 'arm64', 'arm'];

type BaseRelease = { base: BaseImage; day: string; tags: string[] };
type Distribution = { title: string; description: string; command: string; architectures: readonly Architecture[] };

/** An image whose layers are those that others build on. */
function baseReleases(
  { title, description, command, architectures }: Distribution,
  releases: BaseRelease[],
): DemoRelease[] {
  return releases.map(({ base, day, tags }) => {
    const [name = '', version = ''] = base.reference.split(':');
    const published = morningOf(day, base.reference);
    const facts = { repository: name, title, description, licence: 'GPL-2.0-only AND MIT' };
    return {
      tags: [version, ...tags],
      published,
      build: (images) =>
        images.build({
          title,
          version,
          created: base.layers.at(-1)?.created ?? published,
          architectures: published < '2026-03' ? ['amd64'] : architectures,
          layers: base.layers,
          settings: [`CMD ["${command}"]`],
          config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Cmd: [command] },
          labels: labelsOf(facts, { version, created: published }),
          hasAttestations: false,
        }),
    };
  });
}

const TOOLS_PACKAGES = [
  apk('clang', '17.0.6-r1', 'Apache-2.0', 'C language family front end'),
  apk('lld', '17.0.6-r0', 'Apache-2.0', 'Linker'),
  apk('cmake', '3.29.3-r0', 'BSD-3-Clause', 'Build system generator'),
  apk('samurai', '1.2-r5', 'Apache-2.0', 'Ninja-compatible build tool'),
];

function buildTools(version: '2026.06' | '2026.11'): BaseImage {
  const base = fernwoodBase(version);
  const created = version === '2026.06' ? '2026-06-10T05:00:00Z' : '2026-11-04T05:00:00Z';
  const installed = base.layers.flatMap(({ packages }) => packages ?? []);
  const layer: LayerRecipe = {
    key: `fernwood/build-tools ${version}`,
    created,
    step: 'RUN /bin/sh -c apk add --no-cache clang lld cmake samurai # buildkit',
    packages: TOOLS_PACKAGES,
    files: (architecture) => [
      apkDatabase([...installed, ...TOOLS_PACKAGES], architecture),
      { path: 'usr/bin/clang', content: greeter(architecture, `clang 17 of Fernwood ${version}`, 88), mode: 0o755 },
      { path: 'usr/bin/cc', linkTo: 'clang' },
      { path: 'etc/demo-release', content: `NAME="Fernwood build tools"\nVERSION="${version}"\nDEMO=yes\n` },
    ],
  };
  return { reference: `fernwood/build-tools:${version}`, layers: [...base.layers, layer] };
}

const TIMEKEEPER: Program = {
  repository: 'timekeeper/server',
  title: 'Timekeeper',
  description: 'Network time server, mirrored from its own registry',
  licence: 'BSD-2-Clause',
  base: currentBase,
  port: 123,
};

export const FERNWOOD: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Fernwood Linux (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.fernwood,
  profile: {
    bio: 'Fernwood is a small Linux distribution for containers. Releases appear in February and August and get security fixes for three years.',
    website: 'https://fernwood.example',
    sourceUrl: 'https://git.example/fernwood',
    contact: 'security@fernwood.example',
    bannerColour: 'green',
    pins: ['base', 'full', 'python', 'node'],
  },
  joined: '2024-11-04T08:20:00Z',
  repositories: [
    repository(ALIAS, 'base', {
      description: 'Small Linux base image for amd64, arm64 and 32-bit ARM',
      categories: ['operating-systems'],
      logo: LOGOS.base,
      pullsPerDay: 5_200,
      trend: 'steady',
      releases: baseReleases(
        {
          title: 'Fernwood base',
          description: 'Small Linux base image',
          command: '/bin/busybox',
          architectures: ALL,
        },
        BASE_VERSIONS.map((version) => ({ base: fernwoodBase(version), day: baseDate(version), tags: ['latest'] })),
      ),
    }),
    repository(ALIAS, 'full', {
      description: 'Linux base image with glibc, bash and dpkg',
      categories: ['operating-systems'],
      pullsPerDay: 980,
      trend: 'steady',
      releases: baseReleases(
        {
          title: 'Fernwood full',
          description: 'Linux base image with glibc, bash and dpkg',
          command: '/usr/bin/bash',
          architectures: BOTH,
        },
        [
          { base: fernwoodFull('2026.08'), day: '2026-08-10', tags: ['latest'] },
          { base: fernwoodFull('2026.11'), day: '2026-11-09', tags: ['latest'] },
        ],
      ),
    }),
    repository(ALIAS, 'build-tools', {
      description: 'Compilers and linkers on top of Fernwood base',
      categories: ['developer-tools', 'languages'],
      pullsPerDay: 420,
      trend: 'steady',
      releases: baseReleases(
        {
          title: 'Fernwood build tools',
          description: 'Compilers and linkers on top of Fernwood base',
          command: '/usr/bin/clang',
          architectures: ['amd64'],
        },
        [
          { base: buildTools('2026.06'), day: '2026-06-10', tags: ['latest'] },
          { base: buildTools('2026.11'), day: '2026-11-04', tags: ['latest'] },
        ],
      ),
    }),
    repository(ALIAS, 'python', {
      description: 'Python 3.12 on Fernwood base, with pip',
      categories: ['languages'],
      pullsPerDay: 1_650,
      trend: 'rising',
      releases: baseReleases(
        {
          title: 'Fernwood Python',
          description: 'Python 3.12 on Fernwood base, with pip',
          command: '/usr/bin/python3.12',
          architectures: ALL,
        },
        [
          { base: pythonRuntime('3.12.5'), day: '2026-09-09', tags: ['3.12', '3', 'latest'] },
          { base: pythonRuntime('3.12.7'), day: '2026-11-05', tags: ['3.12', '3', 'latest'] },
        ],
      ),
    }),
    repository(ALIAS, 'node', {
      description: 'Node.js 22 on Fernwood base, with npm and corepack',
      categories: ['languages'],
      pullsPerDay: 2_050,
      trend: 'steady',
      releases: baseReleases(
        {
          title: 'Fernwood Node',
          description: 'Node.js 22 on Fernwood base, with npm and corepack',
          command: '/usr/bin/node',
          architectures: BOTH,
        },
        [
          { base: nodeRuntime('22.9.0'), day: '2026-10-08', tags: ['22', 'latest'] },
          { base: nodeRuntime('22.11.0'), day: '2026-11-06', tags: ['22', 'latest'] },
        ],
      ),
    }),
    repository(ALIAS, 'mirrors/timekeeper', {
      description: TIMEKEEPER.description,
      categories: ['networking'],
      mirrorOf: { host: 'registry.timekeeper.example', name: 'timekeeper/server' },
      pullsPerDay: 75,
      trend: 'steady',
      releases: programReleases(TIMEKEEPER, [
        ['4.5.0', '2026-03-20'],
        ['4.6.0', '2026-10-02'],
      ]),
    }),
  ],
};
