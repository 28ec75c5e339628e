import type { DemoPublisher } from '../demo-types.ts';
import { morningOf } from '../demo-calendar.ts';
import { modelArtifact } from '../images/artifacts.ts';
import { currentBase, currentPython, fernwoodFull } from '../images/os-bases.ts';
import { pypi } from '../images/packages.ts';
import type { Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'copperkettle';

const HUB: Program = {
  repository: 'copperkettle/hub',
  title: 'Kettle hub',
  description: 'Home automation hub that keeps everything in the house',
  licence: 'Apache-2.0',
  base: currentPython,
  architectures: ['amd64', 'arm64', 'arm'],
  kilobytes: 9,
  packages: () => [
    pypi('aiohttp', '3.9.1', 'Apache-2.0', 'Async HTTP client and server'),
    pypi('jinja2', '3.1.2', 'BSD-3-Clause', 'Template engine'),
    pypi('paho-mqtt', '1.6.1', 'EPL-2.0', 'MQTT client'),
    pypi('pyyaml', '6.0.1', 'MIT', 'YAML parser and emitter'),
  ],
};

const MEDIA: Program = {
  repository: 'copperkettle/media',
  title: 'Kettle media',
  description: 'Media server that sorts, converts and plays films and music',
  licence: 'GPL-2.0-or-later',
  base: (created) => (created < '2026-08-10' ? null : fernwoodFull('2026.08')),
  kilobytes: 26,
  port: 8096,
};

const GARDEN: Program = {
  repository: 'copperkettle/blockgarden',
  title: 'Blockgarden server',
  description: 'Game server for Blockgarden: plant, dig and build together',
  licence: 'MIT',
  base: currentBase,
  kilobytes: 16,
  port: 30000,
};

const SPARROW: Program = {
  repository: 'copperkettle/sparrow',
  title: 'Sparrow',
  description: 'Serves small language models on ordinary machines',
  licence: 'Apache-2.0',
  base: currentPython,
  kilobytes: 23,
  port: 8642,
  packages: () => [
    pypi('fastapi', '0.109.0', 'MIT', 'Web framework'),
    pypi('starlette', '0.35.1', 'BSD-3-Clause', 'ASGI toolkit'),
    pypi('tokenizers', '0.20.3', 'Apache-2.0', 'Tokenizers'),
    pypi('numpy', '2.1.3', 'BSD-3-Clause', 'Fundamental package for array computing'),
  ],
};

export const COPPERKETTLE: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Copperkettle (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.copperkettle,
  profile: {
    bio: 'Software for a shelf at home: a hub for the lights, a place for films, games for the weekend and a language model that fits beside them.\n\nEverything runs on a single-board computer.',
    website: 'https://copperkettle.example',
    sourceUrl: 'https://git.example/copperkettle',
    contact: 'https://forum.copperkettle.example',
    bannerColour: 'amber',
    pins: ['hub', 'media', 'sparrow'],
  },
  joined: '2025-07-07T18:45:00Z',
  repositories: [
    repository(ALIAS, 'hub', {
      description: HUB.description,
      categories: ['iot'],
      pullsPerDay: 560,
      trend: 'steady',
      releases: programReleases(HUB, [
        ['2026.8.0', '2026-08-06'],
        ['2026.10.0', '2026-10-08'],
        ['2026.11.0', '2026-11-06'],
        ['2026.11.1', '2026-11-26'],
      ]),
    }),
    repository(ALIAS, 'media', {
      description: MEDIA.description,
      categories: ['media'],
      pullsPerDay: 480,
      trend: 'steady',
      releases: programReleases(MEDIA, [
        ['1.4.0', '2026-02-12'],
        ['1.5.0', '2026-09-03'],
      ]),
    }),
    repository(ALIAS, 'blockgarden', {
      description: GARDEN.description,
      categories: ['games'],
      logo: LOGOS.blockgarden,
      pullsPerDay: 260,
      trend: 'surging',
      releases: programReleases(GARDEN, [
        ['0.1.0', '2026-08-25'],
        ['0.2.0', '2026-11-19'],
        ['0.2.1', '2026-11-25'],
      ]),
    }),
    repository(ALIAS, 'sparrow', {
      description: SPARROW.description,
      categories: ['machine-learning'],
      logo: LOGOS.sparrow,
      pullsPerDay: 410,
      trend: 'surging',
      releases: programReleases(SPARROW, [
        ['0.3.0', '2026-09-30'],
        ['0.4.0', '2026-11-21'],
      ]),
    }),
    repository(ALIAS, 'models/sparrow-tiny', {
      description: 'Weights of a small language model for Sparrow, as an OCI artifact',
      categories: ['machine-learning'],
      pullsPerDay: 220,
      trend: 'surging',
      releases: [
        {
          tags: ['q4', 'latest'],
          published: morningOf('2026-11-21', 'sparrow-tiny'),
          build: () => Promise.resolve(modelArtifact('sparrow-tiny-q4', 96)),
        },
      ],
    }),
  ],
};
