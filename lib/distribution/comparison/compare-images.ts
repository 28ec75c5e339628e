import type { Caller } from '#lib/access/schema.ts';
import { matchHistory } from '#lib/oci/build-history.ts';
import { compareConfigs, compareMaps, type ConfigDifferences, type Difference } from './compare-configs.ts';
import {
  loadComparedImage,
  loadComparedManifest,
  type ComparedImage,
  type ComparedManifest,
  type ComparisonApp,
} from './load-compared-image.ts';
import { mergeLists, type Merged } from './merge-lists.ts';

export type ComparedLayer = { digest: string; mediaType: string; sizeBytes: number };
export type ComparedStep = { instruction: string; sizeBytes: number | null };

export type ComparedPlatform = ComparedManifest & {
  digest: string;
  sizeBytes: number;
  layers: ComparedLayer[];
};

export type ImageDifferences = ConfigDifferences & {
  from: ComparedPlatform;
  to: ComparedPlatform;
  layers: Merged<ComparedLayer>[];
  /** Compressed size of the layers that both have, and of those that only one has. */
  layerBytes: { both: number; from: number; to: number };
  steps: Merged<ComparedStep>[];
  annotations: Difference[];
};

export type Comparison = {
  from: ComparedImage;
  to: ComparedImage;
  /** The compared platform; empty if the images state none. */
  platform: string;
  /** Platforms of either image, those of both first. */
  platforms: { name: string; isInBoth: boolean }[];
  /** Null if one image lacks the platform, or its manifest isn't stored here. */
  differences: ImageDifferences | null;
};

export type CompareInput = {
  caller: Caller;
  /** The repository of references without a name. */
  fullName: string;
  from: string;
  to: string;
  /** Defaults to linux/amd64, or else the first platform that both have. */
  platform?: string;
};

/** @throws AppError as loadComparedImage */
export async function compareImages(app: ComparisonApp, input: CompareInput): Promise<Comparison> {
  const sides = await loadSides(app, input);
  return compareSides(app, sides);
}

export type ComparedSides = { from: ComparedImage; to: ComparedImage; platform: string | undefined };

/** @throws AppError as loadComparedImage */
export async function loadSides(app: ComparisonApp, input: CompareInput): Promise<ComparedSides> {
  const { caller, fullName, platform } = input;
  const [from, to] = await Promise.all([
    loadComparedImage(app, { caller, fullName, text: input.from }),
    loadComparedImage(app, { caller, fullName, text: input.to }),
  ]);
  return { from, to, platform };
}

export async function compareSides(app: ComparisonApp, { from, to, ...asked }: ComparedSides): Promise<Comparison> {
  const platforms = listPlatforms(from, to);
  const platform = choosePlatform(platforms, asked.platform);
  const [fromDigest, toDigest] = [digestFor(from, platform), digestFor(to, platform)];
  const [fromManifest, toManifest] = await Promise.all([
    fromDigest && loadComparedManifest(app, { repository: from.repository, digest: fromDigest }),
    toDigest && loadComparedManifest(app, { repository: to.repository, digest: toDigest }),
  ]);
  const differences =
    fromManifest && toManifest ? compareManifests(toPlatform(fromManifest), toPlatform(toManifest)) : null;
  return { from, to, platform, platforms, differences };
}

function listPlatforms(from: ComparedImage, to: ComparedImage): Comparison['platforms'] {
  const [ofFrom, ofTo] = [namesOf(from), namesOf(to)];
  const all = [...new Set([...ofFrom, ...ofTo])].filter((name) => name !== '');
  const named = all.map((name) => ({ name, isInBoth: ofFrom.has(name) && ofTo.has(name) }));
  return [...named.filter(({ isInBoth }) => isInBoth), ...named.filter(({ isInBoth }) => !isInBoth)];
}

function namesOf({ platforms }: ComparedImage): Set<string> {
  return new Set(platforms.map(({ name }) => name));
}

function choosePlatform(platforms: Comparison['platforms'], asked: string | undefined): string {
  const usual = platforms.find(({ name, isInBoth }) => name === 'linux/amd64' && isInBoth);
  return (platforms.find(({ name }) => name === asked) ?? usual ?? platforms[0])?.name ?? '';
}

/** An image that states no platform is compared with any. */
function digestFor({ platforms }: ComparedImage, platform: string): string | null {
  const found = platforms.find(({ name }) => name === platform) ?? platforms.find(({ name }) => name === '');
  return found?.isHere ? found.digest : null;
}

function toPlatform(loaded: ComparedManifest): ComparedPlatform {
  const { view } = loaded;
  const layers = (view.manifest?.layers ?? []).map(({ digest, mediaType, size }) => ({
    digest,
    mediaType,
    sizeBytes: size,
  }));
  return { ...loaded, digest: view.digest, sizeBytes: view.contentBytes, layers };
}

function compareManifests(from: ComparedPlatform, to: ComparedPlatform): ImageDifferences {
  const layers = mergeLists(from.layers, to.layers, ({ digest }) => digest);
  const bytesOf = (side: Merged<ComparedLayer>['side']) =>
    layers.reduce((sum, row) => (row.side === side ? sum + row.item.sizeBytes : sum), 0);
  return {
    from,
    to,
    layers,
    layerBytes: { both: bytesOf('both'), from: bytesOf('from'), to: bytesOf('to') },
    steps: mergeLists(stepsOf(from), stepsOf(to), ({ key }) => key).map(
      ({ side, item: { instruction, sizeBytes } }) => ({
        side,
        item: { instruction, sizeBytes },
      }),
    ),
    ...compareConfigs(from.config, to.config),
    annotations: compareMaps(annotationsOf(from), annotationsOf(to)),
  };
}

/** Steps are equal if their instructions and their layers are. */
function stepsOf({ config, layers }: ComparedPlatform): (ComparedStep & { key: string })[] {
  return matchHistory(config?.history ?? [], layers).steps.flatMap(({ instruction, layer }) =>
    instruction === ''
      ? []
      : [{ instruction, sizeBytes: layer?.sizeBytes ?? null, key: `${layer?.digest ?? ''} ${instruction}` }],
  );
}

function annotationsOf({ view }: ComparedPlatform): Map<string, string> {
  return new Map(Object.entries(view.manifest?.annotations ?? {}));
}
