// Packages of the demo's images, in the formats in which scanners find them.
import { createHash } from 'node:crypto';
import type { LayerFile } from './pack-layer.ts';

export type DemoPackage = {
  kind: 'apk' | 'deb' | 'pypi' | 'npm';
  name: string;
  version: string;
  licence: string;
  summary?: string;
};

export type PackageArchitecture = 'amd64' | 'arm64' | 'arm';
const APK_ARCHITECTURES = { amd64: 'x86_64', arm64: 'aarch64', arm: 'armv7' } as const;
const DEB_ARCHITECTURES = { amd64: 'amd64', arm64: 'arm64', arm: 'armhf' } as const;

/** https://github.com/package-url/purl-spec */
export function packageUrl({ kind, name, version }: DemoPackage): string {
  const path = { apk: `apk/alpine/${name}`, deb: `deb/debian/${name}`, pypi: `pypi/${name}`, npm: `npm/${name}` }[kind];
  return `pkg:${path}@${version}`;
}

/** The database of apk: `lib/apk/db/installed`. https://wiki.alpinelinux.org/wiki/Apk_spec */
export function apkDatabase(packages: DemoPackage[], architecture: PackageArchitecture): LayerFile {
  const entries = packages.map(({ name, version, licence, summary }) => {
    const checksum = createHash('sha1').update(`${name} ${version} ${architecture}`).digest('base64');
    const size = 20_000 + (createHash('sha1').update(name).digest().readUInt16BE() % 40_000);
    return [
      `C:Q1${checksum}`,
      `P:${name}`,
      `V:${version}`,
      `A:${APK_ARCHITECTURES[architecture]}`,
      `S:${size}`,
      `I:${size * 2}`,
      `T:${summary ?? `${name} package`}`,
      `L:${licence}`,
      `o:${name}`,
      'm:Fernwood Packagers <packages@fernwood.example>',
      `p:cmd:${name}=${version}`,
      'F:usr',
      'F:usr/share',
      `F:usr/share/${name}`,
      'R:copyright',
      `Z:Q1${createHash('sha1').update(name).digest('base64')}`,
    ].join('\n');
  });
  return { path: 'lib/apk/db/installed', content: `${entries.join('\n\n')}\n\n` };
}

/** The database of dpkg. https://manpages.debian.org/dpkg-query */
export function dpkgDatabase(packages: DemoPackage[], architecture: PackageArchitecture): LayerFile {
  const entries = packages.map(({ name, version, summary }) =>
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Priority: optional',
      'Section: libs',
      'Installed-Size: 412',
      'Maintainer: Fernwood Packagers <packages@fernwood.example>',
      `Architecture: ${DEB_ARCHITECTURES[architecture]}`,
      `Version: ${version}`,
      `Description: ${summary ?? `${name} package`}`,
    ].join('\n'),
  );
  return { path: 'var/lib/dpkg/status', content: `${entries.join('\n\n')}\n\n` };
}

/** What pip and npm leave beside the code they install. */
export function languageFiles(packages: DemoPackage[]): LayerFile[] {
  return packages.flatMap(({ kind, name, version, licence, summary }): LayerFile[] => {
    if (kind === 'pypi') {
      const folder = `usr/lib/python3.12/site-packages/${name.replaceAll('-', '_')}-${version}.dist-info`;
      const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\nSummary: ${summary ?? ''}\nLicense: ${licence}\n`;
      return [
        { path: `${folder}/METADATA`, content: metadata },
        { path: `${folder}/INSTALLER`, content: 'pip\n' },
      ];
    }
    if (kind !== 'npm') return [];
    const content = JSON.stringify({ name, version, description: summary ?? '', license: licence }, null, 2);
    return [{ path: `app/node_modules/${name}/package.json`, content: `${content}\n` }];
  });
}

export const apk = (name: string, version: string, licence: string, summary?: string): DemoPackage =>
  make('apk', name, version, licence, summary);
export const deb = (name: string, version: string, licence: string, summary?: string): DemoPackage =>
  make('deb', name, version, licence, summary);
export const pypi = (name: string, version: string, licence: string, summary?: string): DemoPackage =>
  make('pypi', name, version, licence, summary);
export const npm = (name: string, version: string, licence: string, summary?: string): DemoPackage =>
  make('npm', name, version, licence, summary);

function make(kind: DemoPackage['kind'], name: string, version: string, licence: string, summary?: string) {
  return summary === undefined ? { kind, name, version, licence } : { kind, name, version, licence, summary };
}
