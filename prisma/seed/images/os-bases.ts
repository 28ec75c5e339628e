// The layers of Fernwood Linux, on which the demo's other images are built.
import { buildHelloBinary } from '#lib/testing/images/hello-binary.ts';
import type { Architecture, LayerRecipe } from './image-recipe.ts';
import { apk, apkDatabase, deb, dpkgDatabase, languageFiles, npm, pypi, type DemoPackage } from './packages.ts';
import { machineCode, type LayerFile } from './pack-layer.ts';

export type BaseImage = { reference: string; layers: LayerRecipe[] };

/** Versions that were current in each month. */
const BASE_RELEASES = {
  '2025.03': { date: '2025-03-03', openssl: '3.3.0-r2', busybox: '1.36.1-r25', zlib: '1.3.1-r0', musl: '1.2.4-r4' },
  '2025.09': { date: '2025-09-01', openssl: '3.3.1-r0', busybox: '1.36.1-r27', zlib: '1.3.1-r1', musl: '1.2.5-r0' },
  '2026.02': { date: '2026-02-02', openssl: '3.3.1-r0', busybox: '1.36.1-r28', zlib: '1.3.1-r1', musl: '1.2.5-r0' },
  '2026.06': { date: '2026-06-08', openssl: '3.3.1-r0', busybox: '1.36.1-r28', zlib: '1.3.1-r1', musl: '1.2.5-r0' },
  '2026.09': { date: '2026-09-07', openssl: '3.3.1-r3', busybox: '1.36.1-r29', zlib: '1.3.1-r1', musl: '1.2.5-r0' },
  '2026.10': { date: '2026-10-05', openssl: '3.3.2-r0', busybox: '1.36.1-r29', zlib: '1.3.1-r1', musl: '1.2.5-r1' },
  '2026.11': { date: '2026-11-03', openssl: '3.3.2-r1', busybox: '1.36.1-r30', zlib: '1.3.1-r2', musl: '1.2.5-r1' },
} as const;
export type BaseVersion = keyof typeof BASE_RELEASES;
export const BASE_VERSIONS = Object.keys(BASE_RELEASES) as BaseVersion[];

export function baseDate(version: BaseVersion): string {
  return BASE_RELEASES[version].date;
}

/** The newest base at the time. Null before the first one. */
export function currentBase(created: string): BaseImage | null {
  const version = BASE_VERSIONS.findLast((one) => BASE_RELEASES[one].date <= created);
  return version ? fernwoodBase(version) : null;
}

/** The newest Python at the time, or the base where its distribution began later. */
export function currentPython(created: string): BaseImage | null {
  if (created >= '2026-11-05') return pythonRuntime('3.12.7');
  return created >= '2026-09-09' ? pythonRuntime('3.12.5') : currentBase(created);
}

export function currentNode(created: string): BaseImage | null {
  if (created >= '2026-11-06') return nodeRuntime('22.11.0');
  return created >= '2026-10-08' ? nodeRuntime('22.9.0') : currentBase(created);
}

export function fernwoodBase(version: BaseVersion): BaseImage {
  const { date, openssl, busybox, zlib, musl } = BASE_RELEASES[version];
  const packages = [
    apk('alpine-baselayout-data', '3.6.5-r0', 'GPL-2.0-only', 'Directory structure and init scripts'),
    apk('musl', musl, 'MIT', 'The musl C library'),
    apk('busybox', busybox, 'GPL-2.0-only', 'Common Unix tools in one small program'),
    apk('zlib', zlib, 'Zlib', 'Compression library'),
    apk('libcrypto3', openssl, 'Apache-2.0', 'Cryptographic library of OpenSSL'),
    apk('libssl3', openssl, 'Apache-2.0', 'TLS library of OpenSSL'),
    apk('ca-certificates-bundle', '20240705-r0', 'MPL-2.0 AND MIT', 'Certificates of public authorities'),
    apk('apk-tools', '2.14.4-r0', 'GPL-2.0-only', 'Package manager'),
    apk('scanelf', '1.3.7-r2', 'GPL-2.0-only', 'Scans ELF files'),
  ];
  const layer: LayerRecipe = {
    key: `fernwood ${version}`,
    created: `${date}T04:00:00Z`,
    step: `ADD fernwood-${version}-rootfs.tar.gz / # buildkit`,
    packages,
    files: (architecture) => [
      ...systemFiles({ id: 'fernwood', like: 'alpine', name: 'Fernwood Linux', version }),
      { path: 'etc/alpine-release', content: '3.20.3\n' },
      { path: 'etc/apk/repositories', content: `https://packages.fernwood.example/${version}/main\n` },
      { path: 'etc/apk/world', content: 'alpine-baselayout-data\nbusybox\nca-certificates-bundle\nlibssl3\n' },
      apkDatabase(packages, architecture),
      { path: 'bin/busybox', content: greeter(architecture, `Fernwood Linux ${version}`, 22), mode: 0o755 },
      ...['sh', 'ls', 'cat', 'cp', 'grep', 'sed', 'wget'].map((name) => ({ path: `bin/${name}`, linkTo: 'busybox' })),
      library('lib/ld-musl.so.1', `musl ${musl} ${architecture}`, 16),
      library('lib/libcrypto.so.3', `openssl ${openssl} ${architecture}`, 33),
      library('lib/libssl.so.3', `libssl ${openssl} ${architecture}`, 13),
      library('usr/lib/libz.so.1', `zlib ${zlib} ${architecture}`, 6),
    ],
  };
  return { reference: `fernwood/base:${version}`, layers: [layer] };
}

/** The larger base, with dpkg. */
export function fernwoodFull(version: '2026.08' | '2026.11'): BaseImage {
  const date = version === '2026.08' ? '2026-08-10' : '2026-11-09';
  const openssl = version === '2026.08' ? '3.0.13-1~deb12u1' : '3.0.15-1~deb12u1';
  const packages = [
    deb('base-files', '12.4+deb12u8', 'GPL-2.0-or-later', 'Base system files'),
    deb('libc6', '2.36-9+deb12u8', 'LGPL-2.1-or-later', 'GNU C library'),
    deb('libssl3', openssl, 'Apache-2.0', 'TLS library of OpenSSL'),
    deb('bash', '5.2.15-2+b7', 'GPL-3.0-or-later', 'GNU shell'),
    deb('coreutils', '9.1-1', 'GPL-3.0-or-later', 'Basic file and text tools'),
    deb('tzdata', '2024b-0+deb12u1', 'LicenseRef-public-domain', 'Time zones'),
    deb('ca-certificates', '20230311', 'MPL-2.0', 'Certificates of public authorities'),
    deb('zlib1g', '1:1.2.13.dfsg-1', 'Zlib', 'Compression library'),
  ];
  const layer: LayerRecipe = {
    key: `fernwood full ${version}`,
    created: `${date}T04:00:00Z`,
    step: `ADD fernwood-full-${version}-rootfs.tar.gz / # buildkit`,
    packages,
    files: (architecture) => [
      ...systemFiles({ id: 'fernwood', like: 'debian', name: 'Fernwood Linux (full)', version }),
      { path: 'etc/debian_version', content: '12.8\n' },
      dpkgDatabase(packages, architecture),
      { path: 'usr/bin/bash', content: greeter(architecture, `Fernwood Linux ${version} (full)`, 120), mode: 0o755 },
      { path: 'bin/sh', linkTo: '/usr/bin/bash' },
      library('usr/lib/libc.so.6', `glibc ${architecture}`, 77),
      library('usr/lib/libssl.so.3', `deb openssl ${openssl} ${architecture}`, 50),
    ],
  };
  return { reference: `fernwood/full:${version}`, layers: [layer] };
}

export function pythonRuntime(version: '3.12.5' | '3.12.7'): BaseImage {
  const base = fernwoodBase(version === '3.12.5' ? '2026.09' : '2026.11');
  const packages = [
    pypi('pip', '24.2', 'MIT', 'The PyPA recommended tool for installing Python packages'),
    pypi('setuptools', version === '3.12.5' ? '69.5.1' : '75.1.0', 'MIT', 'Builds Python packages'),
  ];
  return extend(base, {
    reference: `fernwood/python:${version}`,
    created: version === '3.12.5' ? '2026-09-09T04:00:00Z' : '2026-11-05T04:00:00Z',
    step: `RUN /bin/sh -c apk add --no-cache python3=${version}-r0 # buildkit`,
    packages,
    program: { path: 'usr/bin/python3.12', line: `Python ${version}`, kilobytes: 72 },
    links: [{ path: 'usr/bin/python3', linkTo: 'python3.12' }],
  });
}

export function nodeRuntime(version: '22.9.0' | '22.11.0'): BaseImage {
  const base = fernwoodBase(version === '22.9.0' ? '2026.10' : '2026.11');
  const packages = [
    npm('npm', version === '22.9.0' ? '10.8.3' : '10.9.0', 'Artistic-2.0', 'A package manager for JavaScript'),
    npm('corepack', '0.29.4', 'MIT', 'Runs the package manager that a project asks for'),
  ];
  return extend(base, {
    reference: `fernwood/node:${version}`,
    created: version === '22.9.0' ? '2026-10-08T04:00:00Z' : '2026-11-06T04:00:00Z',
    step: `RUN /bin/sh -c apk add --no-cache nodejs=${version}-r0 # buildkit`,
    packages,
    program: { path: 'usr/bin/node', line: `Node.js v${version}`, kilobytes: 82 },
    links: [{ path: 'usr/bin/nodejs', linkTo: 'node' }],
  });
}

type Runtime = {
  reference: string;
  created: string;
  step: string;
  packages: DemoPackage[];
  program: { path: string; line: string; kilobytes: number };
  links: LayerFile[];
};

function extend({ layers }: BaseImage, { reference, created, step, packages, program, links }: Runtime): BaseImage {
  const layer: LayerRecipe = {
    key: reference,
    created,
    step,
    packages,
    files: (architecture) => [
      { path: program.path, content: greeter(architecture, program.line, program.kilobytes), mode: 0o755 },
      ...links,
      ...languageFiles(packages),
    ],
  };
  return { reference, layers: [...layers, layer] };
}

function systemFiles({
  id,
  like,
  name,
  version,
}: {
  id: string;
  like: string;
  name: string;
  version: string;
}): LayerFile[] {
  const release = [
    `NAME="${name}"`,
    `ID=${id}`,
    `ID_LIKE=${like}`,
    `VERSION_ID=${version}`,
    `PRETTY_NAME="${name} ${version}"`,
    'HOME_URL="https://fernwood.example/"',
    'BUG_REPORT_URL="https://code.fernwood.example/linux/issues"',
  ].join('\n');
  return [
    { path: 'etc/os-release', content: `${release}\n` },
    { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' },
    { path: 'etc/group', content: 'root:x:0:root\nnobody:x:65534:\n' },
    {
      path: 'etc/ssl/certs/ca-certificates.crt',
      content: '# No certificates: this is a demo image of a Vitrine gallery.\n',
    },
    { path: 'etc/motd', content: `Welcome to ${name} ${version}. This is a demo image of a Vitrine gallery.\n` },
  ];
}

function library(path: string, name: string, kilobytes: number): LayerFile {
  return { path, content: machineCode(name, kilobytes), mode: 0o755 };
}

/** A program that runs and prints a line, as large as the real one would be after some slimming. */
export function greeter(architecture: Architecture, line: string, kilobytes: number): Buffer {
  const text = `${line} on linux/${architecture}: a demo image from a Vitrine gallery.`;
  const program = architecture === 'arm' ? Buffer.from('#!/bin/sh\n') : buildHelloBinary(architecture, text);
  return Buffer.concat([program, machineCode(`${line} ${architecture}`, kilobytes)]);
}
