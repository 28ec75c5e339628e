// The demo gallery: made-up publishers with small but real images. Everything here is plainly marked as demo.
import { buildArtifact } from '#lib/testing/images/build-image.ts';
import { about, chartPush, image, imagePushes, releases, sbomOf, type DemoPublisher } from './demo-builders.ts';

export const DEMO_PUBLISHERS: DemoPublisher[] = [
  {
    alias: 'lanternworks',
    displayName: 'Lantern Works (demo)',
    repositories: [
      image(
        'lanternworks',
        'web',
        'Lantern web',
        'Static file server with sane caching headers',
        ['web-servers'],
        ['One binary, no shell', 'Runs as any user'],
        imagePushes('Lantern web', releases(['2.3.0', '2026-08-04'], ['2.3.1', '2026-09-15'], ['2.4.0', '2026-11-02'])),
      ),
      image(
        'lanternworks',
        'proxy',
        'Lantern proxy',
        'Reverse proxy for small clusters, configured by one file',
        ['web-servers', 'networking'],
        ['HTTP/1.1 and HTTP/2', 'Reloads without dropping connections'],
        imagePushes('Lantern proxy', releases(['0.9.0', '2026-05-20'], ['1.0.0', '2026-10-11'])),
      ),
      image(
        'lanternworks',
        'hello',
        'Lantern hello',
        'Prints one line and exits: the smallest image to try a pull with',
        ['developer-tools'],
        ['Under one kilobyte'],
        imagePushes('Lantern hello', releases(['1.0.0', '2026-01-09'])),
      ),
    ],
  },
  {
    alias: 'tidepool',
    displayName: 'Tidepool Data (demo)',
    repositories: [
      image(
        'tidepool',
        'kv',
        'Tidepool KV',
        'Key-value store with snapshots and point-in-time restore',
        ['databases'],
        ['Snapshots to any object store', 'One port, one volume'],
        imagePushes('Tidepool KV', releases(['7.1.2', '2026-06-30'], ['7.2.0', '2026-10-28'])),
      ),
      image(
        'tidepool',
        'queue',
        'Tidepool queue',
        'Durable message queue for background jobs',
        ['messaging'],
        ['At-least-once delivery', 'Dead letters kept for a week'],
        imagePushes(
          'Tidepool queue',
          releases(['3.0.0', '2026-03-14'], ['3.0.1', '2026-07-22'], ['3.1.0', '2026-11-12']),
        ),
      ),
      image(
        'tidepool',
        'warehouse/loader',
        'Warehouse loader',
        'Loads Parquet and CSV files into PostgreSQL',
        ['data-analytics', 'databases'],
        ['Resumes where it stopped', 'Checks every row against a schema'],
        imagePushes('Warehouse loader', releases(['0.4.0', '2026-09-01']), ['amd64']),
      ),
    ],
  },
  {
    alias: 'quillbase',
    displayName: 'Quillbase (demo)',
    repositories: [
      image(
        'quillbase',
        'editor',
        'Quillbase editor',
        'Collaborative Markdown editor with offline mode',
        ['content-management', 'communication'],
        ['Markdown in, Markdown out', 'Presence and comments'],
        imagePushes('Quillbase editor', releases(['5.6.0', '2026-08-19'], ['5.7.0', '2026-11-17'])),
      ),
      {
        name: 'charts/editor',
        description: 'Helm chart that installs the Quillbase editor on Kubernetes',
        categories: ['content-management', 'kubernetes'],
        about: about('Quillbase editor chart', 'Installs the editor with two replicas and a service.', [
          '`values.yaml` with every default',
          'One deployment',
        ]),
        usage: ['```sh', 'helm install editor oci://HOST/quillbase/charts/editor --version 1.2.0', '```', ''].join(
          '\n',
        ),
        pushes: [chartPush('1.1.0', []), chartPush('1.2.0', [])],
      },
    ],
  },
  {
    alias: 'brasslab',
    displayName: 'Brasslab Automation (demo)',
    repositories: [
      image(
        'brasslab',
        'ci/runner',
        'Brasslab runner',
        'Build runner that starts every job in a fresh sandbox',
        ['ci-cd'],
        ['No daemon', 'Caches by content'],
        imagePushes('Brasslab runner', releases(['24.10.0', '2026-04-02'], ['24.11.0', '2026-11-20'])),
      ),
      {
        ...image(
          'brasslab',
          'scan',
          'Brasslab scan',
          'Lists what is inside an image; comes with a bill of materials',
          ['security', 'developer-tools'],
          ['SPDX and CycloneDX', 'Works offline'],
          [],
        ),
        pushes: imagePushes('Brasslab scan', releases(['2.1.0', '2026-10-05'])).map((push) => ({
          ...push,
          referrers: (subject) => [sbomOf(subject)],
        })),
      },
    ],
  },
  {
    alias: 'fernwood',
    displayName: 'Fernwood Linux (demo)',
    repositories: [
      image(
        'fernwood',
        'base',
        'Fernwood base',
        'Small Linux base image for amd64 and arm64',
        ['operating-systems'],
        ['Rebuilt every week', 'No package manager in the slim variant'],
        imagePushes(
          'Fernwood base',
          releases(['2026.09', '2026-09-07'], ['2026.10', '2026-10-05'], ['2026.11', '2026-11-03']),
        ),
      ),
      image(
        'fernwood',
        'build-tools',
        'Fernwood build tools',
        'Compilers and linkers on top of Fernwood base',
        ['developer-tools', 'languages'],
        ['C and C++', 'Cross-compiles to arm64'],
        imagePushes('Fernwood build tools', releases(['2026.11', '2026-11-04']), ['amd64']),
      ),
    ],
  },
  {
    alias: 'stonebridge',
    displayName: 'Stonebridge Policies (demo)',
    repositories: [
      {
        name: 'admission-rules',
        description: 'Admission rules for Kubernetes, published as an OCI artifact',
        categories: ['security', 'kubernetes'],
        about: about('Admission rules', 'A set of rules that keeps privileged pods out.', [
          'One JSON file',
          'Versioned like an image',
        ]),
        usage: ['```sh', 'oras pull HOST/stonebridge/admission-rules:1.0.0', '```', ''].join('\n'),
        pushes: [
          {
            tags: ['1.0.0', 'latest'],
            build: () =>
              Promise.resolve(
                buildArtifact({
                  artifactType: 'application/vnd.stonebridge.rules.v1+json',
                  file: {
                    name: 'rules.json',
                    mediaType: 'application/json',
                    content: JSON.stringify({ deny: [{ privileged: true }, { hostNetwork: true }] }, null, 2),
                  },
                }),
              ),
          },
        ],
      },
    ],
  },
];
