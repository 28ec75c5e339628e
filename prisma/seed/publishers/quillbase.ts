import type { DemoPublisher } from '../demo-types.ts';
import { chartReleases } from '../images/artifacts.ts';
import { currentBase, currentNode } from '../images/os-bases.ts';
import { npm } from '../images/packages.ts';
import type { Program } from '../images/recipes.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository } from '../releases.ts';

const ALIAS = 'quillbase';

const EDITOR: Program = {
  repository: 'quillbase/editor',
  title: 'Quillbase editor',
  description: 'Collaborative Markdown editor with offline mode',
  licence: 'AGPL-3.0-only',
  base: currentNode,
  port: 3080,
  environment: { NODE_ENV: 'production', EDITOR_STORE: '/documents' },
  packages: (version) => [
    npm('express', version === '5.7.0' ? '4.21.1' : '4.18.2', 'MIT', 'Fast, minimalist web framework'),
    npm('ws', version === '5.7.0' ? '8.18.0' : '8.13.0', 'MIT', 'WebSocket client and server'),
    npm('lodash', '4.17.20', 'MIT', 'Utility library'),
    npm('marked', '4.0.9', 'MIT', 'A Markdown parser'),
    npm('yjs', '13.6.20', 'MIT', 'Shared data types for collaboration'),
    npm('semver', '7.5.1', 'ISC', 'The semantic version parser'),
  ],
  files: [{ path: 'app/package.json', content: '{ "name": "quillbase-editor", "private": true }\n' }],
};

const WIKI: Program = {
  repository: 'quillbase/wiki',
  title: 'Quillbase wiki',
  description: 'A wiki with pages, spaces and attachments; replaced by the editor',
  licence: 'AGPL-3.0-only',
  base: currentBase,
  port: 3000,
};

const RENDERER: Program = {
  repository: 'quillbase/renderer',
  title: 'Quillbase renderer',
  description: 'Turns Markdown into HTML, PDF and EPUB over HTTP',
  licence: 'MPL-2.0',
  base: currentBase,
  kilobytes: 20,
  port: 3090,
};

export const QUILLBASE: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Quillbase (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.quillbase,
  profile: {
    bio: 'Writing tools for teams that keep their texts to themselves.',
    website: 'https://quillbase.example',
    contact: 'team@quillbase.example',
    bannerColour: 'violet',
    pins: ['editor', 'wiki'],
  },
  joined: '2025-01-14T09:05:00Z',
  repositories: [
    repository(ALIAS, 'editor', {
      description: EDITOR.description,
      categories: ['content-management', 'communication'],
      pullsPerDay: 640,
      trend: 'rising',
      releases: programReleases(EDITOR, [
        ['5.4.0', '2025-11-03'],
        ['5.5.0', '2026-04-21'],
        ['5.6.0', '2026-10-14'],
        ['5.7.0', '2026-11-17'],
      ]),
    }),
    repository(ALIAS, 'charts/editor', {
      description: 'Helm chart that installs the Quillbase editor on Kubernetes',
      categories: ['content-management', 'kubernetes'],
      pullsPerDay: 85,
      trend: 'steady',
      releases: chartReleases(
        {
          name: 'editor',
          description: 'Installs the Quillbase demo editor',
          image: 'quillbase/editor',
          port: 3080,
          replicas: 2,
        },
        [
          ['1.1.0', '2026-04-22'],
          ['1.2.0', '2026-11-18'],
        ],
      ),
    }),
    repository(ALIAS, 'wiki', {
      description: WIKI.description,
      categories: ['content-management'],
      pullsPerDay: 170,
      trend: 'fading',
      deprecation: {
        text: 'The wiki gets no more updates. The editor imports wikis with their history.',
        successor: 'quillbase/editor',
      },
      releases: programReleases(WIKI, [
        ['2.8.0', '2025-02-17'],
        ['2.9.0', '2025-10-30'],
      ]),
    }),
    repository(ALIAS, 'renderer', {
      description: RENDERER.description,
      categories: ['content-management', 'media'],
      pullsPerDay: 120,
      trend: 'rising',
      releases: programReleases(RENDERER, [
        ['0.9.0', '2026-11-02'],
        ['1.0.0', '2026-11-16'],
      ]),
    }),
  ],
};
