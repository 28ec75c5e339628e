// Platforms in the words of the image specification: `linux/amd64`. https://github.com/opencontainers/image-spec/blob/main/config.md#properties

const SYSTEMS = new Map(Object.entries({ macos: 'darwin', win: 'windows' }));
const ARCHITECTURES = new Map(
  Object.entries({
    'x86-64': 'amd64',
    x86_64: 'amd64',
    x64: 'amd64',
    'arm 64': 'arm64',
    aarch64: 'arm64',
    x86: '386',
    i386: '386',
    'ibm z': 's390x',
    'ibm power': 'ppc64le',
    powerpc: 'ppc64le',
    'risc-v': 'riscv64',
  }),
);

/** Returns the specification's name of an operating system: `linux` for `Linux`. */
export function operatingSystemName(text: string): string {
  const name = text.trim().toLowerCase();
  return SYSTEMS.get(name) ?? name;
}

/** Returns the specification's name of an architecture: `amd64` for `x86-64`, `arm64` for `ARM 64`. */
export function architectureName(text: string): string {
  const name = text.trim().toLowerCase();
  return ARCHITECTURES.get(name) ?? name;
}

/** Returns `linux/amd64` for that and its other spellings, such as `Linux/x86-64`. Null for anything else. */
export function platformName(text: string): string | null {
  const [system = '', architecture = '', ...rest] = text.split('/');
  if (system.trim() === '' || architecture.trim() === '') return null;
  return [operatingSystemName(system), architectureName(architecture), ...rest].join('/');
}
