// The distribution that an image is based on, as far as its annotations, labels and history tell. Layers aren't read.

/** Names of distributions with their labels. */
export const BASE_SYSTEMS = {
  alma: 'AlmaLinux',
  alpine: 'Alpine',
  amazon: 'Amazon Linux',
  arch: 'Arch Linux',
  azure: 'Azure Linux',
  busybox: 'BusyBox',
  centos: 'CentOS',
  debian: 'Debian',
  distroless: 'Distroless',
  fedora: 'Fedora',
  opensuse: 'openSUSE',
  oracle: 'Oracle Linux',
  photon: 'Photon OS',
  rocky: 'Rocky Linux',
  rhel: 'Red Hat UBI',
  ubuntu: 'Ubuntu',
  wolfi: 'Wolfi',
} as const;
export type BaseSystem = keyof typeof BASE_SYSTEMS;

/** Patterns of base image names and of labels such as `name`. The first match wins. */
const NAMES: [BaseSystem, RegExp][] = [
  ['distroless', /distroless/],
  ['wolfi', /wolfi|chainguard/],
  ['rhel', /(?:^|\/)ubi\d|red ?hat|^rhel/],
  ['amazon', /amazon ?linux/],
  ['oracle', /oracle ?linux/],
  ['rocky', /rocky ?linux/],
  ['alma', /alma ?linux/],
  ['azure', /azure ?linux|mariner/],
  ['opensuse', /suse|(?:^|\/)bci-/],
  ['arch', /arch ?linux/],
  ['alpine', /alpine/],
  ['ubuntu', /ubuntu|jammy|noble|focal/],
  ['debian', /debian|bookworm|bullseye|trixie|buster/],
  ['fedora', /fedora/],
  ['centos', /centos/],
  ['photon', /photon/],
  ['busybox', /busybox/],
];

/** Traces of a base image's own build. */
const TRACES: [BaseSystem, RegExp][] = [
  ['alpine', /alpine-minirootfs|apk add/],
  ['debian', /debian\.sh|debuerreotype/],
  ['ubuntu', /oci\.image\.ref\.name=ubuntu/],
  ['busybox', /busybox\.tar/],
];

const BASE_NAME = 'org.opencontainers.image.base.name';
const LABELS = ['org.opencontainers.image.ref.name', 'org.opencontainers.image.title', 'name', 'os'];
const MAX_STEPS = 100;
const MAX_LENGTH = 1_000;

/** Null when nothing tells. `history` has the commands of the image's build, oldest first. */
export function findBaseSystem(properties: Record<string, string>, history: string[]): BaseSystem | null {
  const named = properties[BASE_NAME] ?? '';
  const steps = history.slice(0, MAX_STEPS).map((step) => step.slice(0, MAX_LENGTH));
  return (
    match(NAMES, named) ??
    LABELS.map((label) => match(NAMES, properties[label] ?? '')).find((found) => found !== null) ??
    steps.map((step) => match(TRACES, step)).find((found) => found !== null) ??
    null
  );
}

export function isBaseSystem(name: string): name is BaseSystem {
  return Object.hasOwn(BASE_SYSTEMS, name);
}

function match(patterns: [BaseSystem, RegExp][], text: string): BaseSystem | null {
  const folded = text.slice(0, MAX_LENGTH).toLowerCase();
  return folded === '' ? null : (patterns.find(([, pattern]) => pattern.test(folded))?.[0] ?? null);
}
