// How the demo gallery's images, charts and pages are made.
import type { Category } from '#lib/repositories/categories.ts';
import {
  buildArtifact,
  buildChart,
  buildImage,
  buildIndex,
  type BuiltManifest,
  type Platform,
} from '#lib/testing/images/build-image.ts';
import { buildHelloBinary, type HelloArchitecture } from '#lib/testing/images/hello-binary.ts';

export type DemoPush = {
  tags: string[];
  build: () => Promise<BuiltManifest>;
  referrers?: (subject: BuiltManifest) => BuiltManifest[];
};
export type DemoRepository = {
  name: string;
  description: string;
  categories: Category[];
  about: string;
  usage: string;
  pushes: DemoPush[];
};
export type DemoPublisher = { alias: string; displayName: string; repositories: DemoRepository[] };

type Release = { version: string; tags: string[]; created: string };

const PLATFORMS = {
  amd64: { os: 'linux', architecture: 'amd64' },
  arm64: { os: 'linux', architecture: 'arm64' },
} as const;
const BOTH: HelloArchitecture[] = ['amd64', 'arm64'];

/** Prints one line when it is run; the second layer is there so that there is one to look at. */
function helloImage(
  title: string,
  version: string,
  created: string,
  architecture: HelloArchitecture,
): Promise<BuiltManifest> {
  const line = `${title} ${version} on linux/${architecture}: a demo image from a Vitrine gallery.`;
  const platform: Platform = PLATFORMS[architecture];
  return buildImage({
    platform,
    created,
    layers: [
      [{ path: 'hello', content: buildHelloBinary(architecture, line), mode: 0o755 }],
      [{ path: 'etc/demo-release', content: `NAME="${title}"\nVERSION="${version}"\nDEMO=yes\n` }],
    ],
    config: {
      Entrypoint: ['/hello'],
      Labels: { 'org.opencontainers.image.title': title, 'org.opencontainers.image.version': version },
    },
    annotations: { 'org.opencontainers.image.title': title, 'org.opencontainers.image.version': version },
  });
}

export function imagePushes(title: string, releases: Release[], architectures = BOTH): DemoPush[] {
  return releases.map(({ version, tags, created }) => ({
    tags: [version, ...tags],
    build: async () => {
      const images = await Promise.all(
        architectures.map(async (architecture) => ({
          platform: PLATFORMS[architecture],
          image: await helloImage(title, version, created, architecture),
        })),
      );
      const [only] = images;
      return only && images.length === 1 ? only.image : buildIndex(images);
    },
  }));
}

export function releases(...versions: [version: string, date: string][]): Release[] {
  return versions.map(([version, date], i) => {
    const isNewest = i === versions.length - 1;
    const minor = version.split('.').slice(0, 2).join('.');
    return { version, created: `${date}T09:00:00Z`, tags: isNewest ? [minor, 'latest'] : [] };
  });
}

const NOTE = '> A demo repository of a made-up publisher. `npm run demo:remove` takes the whole demo gallery away.';

export function about(title: string, text: string, points: string[]): string {
  return [
    `# ${title}`,
    '',
    NOTE,
    '',
    text,
    '',
    '## What is inside',
    '',
    ...points.map((point) => `- ${point}`),
    '',
  ].join('\n');
}

export function usage(reference: string, extra = ''): string {
  return [
    `Run it:`,
    '',
    '```sh',
    `docker run --rm HOST/${reference}`,
    '```',
    '',
    'Put the address of this gallery in place of `HOST`.',
    extra,
    '',
  ].join('\n');
}

export function image(
  alias: string,
  name: string,
  title: string,
  description: string,
  categories: Category[],
  points: string[],
  pushes: DemoPush[],
): DemoRepository {
  const texts = { about: about(title, description, points), usage: usage(`${alias}/${name}`) };
  return { name, description, categories, ...texts, pushes };
}

const SBOM_TYPE = 'application/spdx+json';

/** A software bill of materials that hangs on the image, as an OCI 1.1 referrer. */
export function sbomOf(subject: BuiltManifest): BuiltManifest {
  const document = {
    spdxVersion: 'SPDX-2.3',
    name: 'demo',
    SPDXID: 'SPDXRef-DOCUMENT',
    packages: [{ name: 'hello', versionInfo: '2.1.0' }],
  };
  return buildArtifact({
    artifactType: SBOM_TYPE,
    file: { name: 'sbom.spdx.json', mediaType: SBOM_TYPE, content: JSON.stringify(document, null, 2) },
    subject,
  });
}

export function chartPush(version: string, tags: string[]): DemoPush {
  return {
    tags: [version, ...tags],
    build: () =>
      buildChart({
        name: 'editor',
        version,
        description: 'Installs the Quillbase demo editor',
        files: [
          { path: 'values.yaml', content: 'replicas: 2\nimage:\n  repository: quillbase/editor\n  tag: latest\n' },
          {
            path: 'templates/deployment.yaml',
            content:
              'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ .Release.Name }}-editor\nspec:\n  replicas: {{ .Values.replicas }}\n',
          },
        ],
      }),
  };
}
