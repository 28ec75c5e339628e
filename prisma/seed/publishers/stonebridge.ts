import type { DemoPublisher } from '../demo-types.ts';
import { morningOf } from '../demo-calendar.ts';
import { chartReleases, rulesArtifact } from '../images/artifacts.ts';
import { cyclonedxOf, vexOf } from '../images/attestations.ts';
import { currentBase } from '../images/os-bases.ts';
import type { Program } from '../images/recipes.ts';
import { signatureOf, signatureTag } from '../images/sign-image.ts';
import { LOGOS } from '../logos.ts';
import { programReleases, repository, type Attach } from '../releases.ts';

const ALIAS = 'stonebridge';

const AGENT: Program = {
  repository: 'stonebridge/policy-agent',
  title: 'Stonebridge policy agent',
  description: 'Admission webhook that checks Kubernetes objects against readable rules',
  licence: 'Apache-2.0',
  base: currentBase,
  kilobytes: 18,
  port: 8443,
};
const ATTESTED: Program = { ...AGENT, hasAttestations: true };

const SYNC: Program = {
  repository: 'stonebridge/secrets-sync',
  title: 'Secrets sync',
  description: 'Copies secrets from a vault into Kubernetes and restarts what uses them',
  licence: 'Apache-2.0',
  base: currentBase,
};

const evidence: Attach = (subject, described) => [
  { manifest: signatureOf(subject, 'stonebridge/policy-agent'), tags: [signatureTag(subject)] },
  { manifest: cyclonedxOf(subject, described), tags: [] },
  { manifest: vexOf(subject, described, 'Stonebridge Policies (demo)'), tags: [] },
];

export const STONEBRIDGE: DemoPublisher = {
  alias: ALIAS,
  displayName: 'Stonebridge Policies (demo)',
  verifiedBecause: 'Demo publisher of this site',
  logo: LOGOS.stonebridge,
  profile: {
    bio: 'Policies as code for Kubernetes. Rules are OCI artifacts, so they are versioned, signed and mirrored like images.',
    website: 'https://stonebridge.example',
    sourceUrl: 'https://git.example/stonebridge',
    contact: 'security@stonebridge.example',
    bannerColour: 'rose',
    pins: ['policy-agent', 'admission-rules'],
  },
  joined: '2025-02-10T13:00:00Z',
  repositories: [
    repository(ALIAS, 'policy-agent', {
      description: AGENT.description,
      categories: ['security', 'kubernetes'],
      pullsPerDay: 1_120,
      trend: 'rising',
      releases: [
        ...programReleases(AGENT, [
          ['1.1.0', '2025-07-15'],
          ['1.2.0', '2026-06-16'],
        ]),
        ...programReleases(
          ATTESTED,
          [
            ['1.3.0', '2026-09-24'],
            ['1.3.1', '2026-11-13'],
          ],
          { '1.3.0': evidence, '1.3.1': evidence },
        ),
      ],
    }),
    repository(ALIAS, 'admission-rules', {
      description: 'Admission rules for Kubernetes, published as an OCI artifact',
      categories: ['security', 'kubernetes'],
      pullsPerDay: 210,
      trend: 'steady',
      releases: [
        {
          tags: ['1.0.0', 'latest'],
          published: morningOf('2026-05-12', 'admission-rules'),
          build: () => Promise.resolve(rulesArtifact([{ privileged: true }, { hostNetwork: true }])),
        },
        {
          tags: ['1.1.0', 'latest'],
          published: morningOf('2026-10-21', 'admission-rules'),
          build: () =>
            Promise.resolve(
              rulesArtifact([{ privileged: true }, { hostNetwork: true }, { tag: 'latest' }, { memoryLimit: null }]),
            ),
        },
      ],
    }),
    repository(ALIAS, 'charts/policy-agent', {
      description: 'Helm chart that installs the policy agent as an admission webhook',
      categories: ['security', 'kubernetes'],
      pullsPerDay: 160,
      trend: 'steady',
      releases: chartReleases(
        {
          name: 'policy-agent',
          description: 'Installs the Stonebridge policy agent',
          image: 'stonebridge/policy-agent',
          port: 8443,
          replicas: 3,
        },
        [
          ['0.7.0', '2026-09-25'],
          ['0.8.0', '2026-11-14'],
        ],
      ),
    }),
    repository(ALIAS, 'secrets-sync', {
      description: SYNC.description,
      categories: ['security', 'kubernetes'],
      pullsPerDay: 90,
      trend: 'rising',
      releases: programReleases(SYNC, [
        ['0.1.0', '2026-11-12'],
        ['0.2.0', '2026-11-19'],
      ]),
    }),
  ],
};
