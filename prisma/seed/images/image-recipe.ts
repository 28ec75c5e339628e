// What an image of the demo is built from.
import type { Platform } from '#lib/testing/images/build-image.ts';
import type { DemoPackage } from './packages.ts';
import type { LayerFile } from './pack-layer.ts';

export const PLATFORMS = {
  amd64: { os: 'linux', architecture: 'amd64' },
  arm64: { os: 'linux', architecture: 'arm64' },
  arm: { os: 'linux', architecture: 'arm', variant: 'v7' },
} as const satisfies Record<string, Platform>;
export type Architecture = keyof typeof PLATFORMS;

export type LayerRecipe = {
  /** Layers with the same key and platform are the same blob. */
  key: string;
  created: string;
  /** The Dockerfile instruction. */
  step: string;
  files: (architecture: Architecture) => LayerFile[];
  /** The files are the same on every platform. */
  isPortable?: boolean;
  packages?: DemoPackage[];
};

export type ImageRecipe = {
  title: string;
  version: string;
  created: string;
  architectures: readonly Architecture[];
  /** The layers of the base image come first. */
  layers: LayerRecipe[];
  /** Instructions that change only the config. */
  settings: string[];
  config: Record<string, unknown>;
  labels: Record<string, string>;
  /** Adds what BuildKit attaches: an SBOM and provenance for each platform. */
  hasAttestations: boolean;
};
