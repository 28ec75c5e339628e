// Images of programs, as their projects' release pipelines would build them.
import { createHash } from 'node:crypto';
import { languageFiles, type DemoPackage } from './packages.ts';
import type { Architecture, ImageRecipe, LayerRecipe } from './image-recipe.ts';
import { greeter, type BaseImage } from './os-bases.ts';
import type { LayerFile } from './pack-layer.ts';

export const BOTH = ['amd64', 'arm64'] as const satisfies Architecture[];

/** The layer of configuration is the same in every version, so versions share it. */
const FILES_CREATED = '2024-11-01T06:00:00Z';
/** Earlier images are for amd64 only. */
const ARM_SINCE = '2026-03';

export type Program = {
  /** `ALIAS/NAME`. */
  repository: string;
  title: string;
  description: string;
  licence: string;
  /** Null for a static program on no base image. */
  base: (created: string) => BaseImage | null;
  architectures?: readonly Architecture[];
  kilobytes?: number;
  port?: number;
  /** Dependencies of its language. */
  packages?: (version: string) => DemoPackage[];
  /** Beside the program, in all versions. */
  files?: LayerFile[];
  environment?: Record<string, string>;
  hasAttestations?: boolean;
};

/** @param created an ISO date */
export function programImage(program: Program, version: string, created: string): ImageRecipe {
  const { title, port, environment = {} } = program;
  const architectures = created < ARM_SINCE ? (['amd64'] as const) : (program.architectures ?? BOTH);
  const command = commandOf(program);
  const base = program.base(created);
  const settings = [
    ...Object.entries(environment).map(([name, value]) => `ENV ${name}=${value}`),
    ...(port ? [`EXPOSE map[${port}/tcp:{}]`] : []),
    'USER 65532:65532',
    `ENTRYPOINT ["/usr/local/bin/${command}"]`,
  ];
  const config = {
    Env: [
      'PATH=/usr/local/bin:/usr/bin:/bin',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ],
    User: '65532:65532',
    WorkingDir: '/',
    Entrypoint: [`/usr/local/bin/${command}`],
    ...(port && { ExposedPorts: { [`${port}/tcp`]: {} } }),
  };
  return {
    title,
    version,
    created,
    architectures,
    layers: [...(base?.layers ?? []), ...ownLayers(program, version, created)],
    settings,
    config,
    labels: labelsOf(program, { version, created, base: base?.reference }),
    hasAttestations: program.hasAttestations ?? false,
  };
}

function ownLayers(program: Program, version: string, created: string): LayerRecipe[] {
  const { repository, title, kilobytes = 12 } = program;
  const command = commandOf(program);
  const packages = program.packages?.(version) ?? [];
  const dependencies: LayerRecipe = {
    key: `${repository} dependencies ${packages.map(({ name, version: of }) => `${name}@${of}`).join(' ')}`,
    created,
    step:
      packages[0]?.kind === 'npm'
        ? 'RUN /bin/sh -c npm ci --omit=dev # buildkit'
        : 'RUN /bin/sh -c pip install -r requirements.txt # buildkit',
    packages,
    isPortable: true,
    files: () => languageFiles(packages),
  };
  const binary: LayerRecipe = {
    key: `${repository} ${version} program`,
    created,
    step: `COPY /out/${command} /usr/local/bin/${command} # buildkit`,
    files: (architecture) => [
      {
        path: `usr/local/bin/${command}`,
        content: greeter(architecture, `${title} ${version}`, kilobytes),
        mode: 0o755,
      },
    ],
  };
  const settings: LayerRecipe = {
    key: `${repository} files`,
    created: FILES_CREATED,
    isPortable: true,
    step: 'COPY rootfs/ / # buildkit',
    files: () => [
      { path: `etc/demo-release`, content: `NAME="${title}"\nDEMO=yes\n` },
      {
        path: `usr/share/licenses/${command}/LICENSE`,
        content: `${title} is demo software. SPDX-License-Identifier: ${program.licence}\n`,
      },
      ...(program.files ?? []),
    ],
  };
  return [...(packages.length > 0 ? [dependencies] : []), binary, settings];
}

function commandOf({ repository }: Program): string {
  return repository.split('/').slice(1).join('-');
}

export function labelsOf(
  { repository, title, description, licence }: Pick<Program, 'repository' | 'title' | 'description' | 'licence'>,
  { version, created, base }: { version: string; created: string; base?: string | undefined },
): Record<string, string> {
  const [alias = '', ...name] = repository.split('/');
  const label = 'org.opencontainers.image';
  return {
    [`${label}.title`]: title,
    [`${label}.description`]: description,
    [`${label}.version`]: version,
    [`${label}.revision`]: createHash('sha1').update(`${repository} ${version}`).digest('hex'),
    [`${label}.created`]: created,
    [`${label}.source`]: `https://code.${alias}.example/${alias}/${name.join('-')}`,
    [`${label}.documentation`]: `https://docs.${alias}.example/${name.join('/')}/`,
    [`${label}.url`]: `https://${alias}.example/`,
    [`${label}.licenses`]: licence,
    [`${label}.vendor`]: `${alias} (demo)`,
    ...(base && { [`${label}.base.name`]: base }),
  };
}
