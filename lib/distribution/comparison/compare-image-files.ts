import type { LayerReader } from '#lib/distribution/layers/layer-reader.ts';
import { listLayerFiles } from '#lib/distribution/layers/list-layer-files.ts';
import type { LayerEntry } from '#lib/distribution/layers/read-tar-entries.ts';
import { findPresentBlobs } from '#lib/gallery/manifest-queries.ts';
import type { VisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { compareFiles, type FileChanges } from './compare-files.ts';
import {
  compareSides,
  loadSides,
  type ComparedLayer,
  type CompareInput,
  type ImageDifferences,
} from './compare-images.ts';
import { listSideFiles } from './list-side-files.ts';
import type { ComparisonApp } from './load-compared-image.ts';

/** Limits of the layers that one comparison reads. */
export const FILE_LIMITS = { maxLayers: 12, maxBytes: 256 * 1024 * 1024, maxMs: 30_000 };

/** `problem` is a sentence for the page. `isPartial`: a layer was read up to a limit only. */
export type ComparedFiles =
  (FileChanges & { layerCount: number; isPartial: boolean; problem?: never }) | { problem: string; changes?: never };

/**
 * Compares the files of the layers that aren't shared. Reads one layer at a time, rationed like the pages of layers.
 * @throws AppError as loadComparedImage
 */
export async function compareImageFiles(
  app: ComparisonApp & { layers: LayerReader },
  { viewer, ...input }: CompareInput & { viewer: string },
): Promise<ComparedFiles> {
  const sides = await loadSides(app, input);
  const { from: fromImage, to: toImage, differences } = await compareSides(app, sides);
  if (!differences) return { problem: 'The images have no platform in common.' };
  const [from, to] = [unshared(differences, 'from'), unshared(differences, 'to')];
  const all = [...from, ...to];
  const bytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (all.length > FILE_LIMITS.maxLayers || bytes > FILE_LIMITS.maxBytes) {
    return { problem: 'The layers that differ are too many or too large to read their files for one comparison.' };
  }
  const until = Date.now() + FILE_LIMITS.maxMs;
  const fromFiles = await readLayers(app, { repository: fromImage.repository, layers: from, viewer, until });
  if (fromFiles.problem !== undefined) return { problem: fromFiles.problem };
  const toFiles = await readLayers(app, { repository: toImage.repository, layers: to, viewer, until });
  if (toFiles.problem !== undefined) return { problem: toFiles.problem };
  const changes = await compareFiles(await listSideFiles(fromFiles.layers), await listSideFiles(toFiles.layers));
  return { ...changes, layerCount: all.length, isPartial: fromFiles.isPartial || toFiles.isPartial };
}

function unshared({ layers }: ImageDifferences, side: 'from' | 'to'): ComparedLayer[] {
  return layers.flatMap((row) => (row.side === side ? [row.item] : []));
}

type ReadInput = { repository: VisibleRepository; layers: ComparedLayer[]; viewer: string; until: number };
type ReadLayers = { layers: LayerEntry[][]; isPartial: boolean; problem?: never } | { problem: string };

async function readLayers(
  app: ComparisonApp & { layers: LayerReader },
  { repository, layers, viewer, until }: ReadInput,
): Promise<ReadLayers> {
  const digests = layers.map(({ digest }) => digest);
  const here = await findPresentBlobs(app, { repositoryId: repository.id, digests });
  const read: LayerEntry[][] = [];
  let isPartial = false;
  for (const layer of layers) {
    if (Date.now() > until) return { problem: 'Reading the layers takes too long right now. Try again in a minute.' };
    const view = { ...layer, manifests: [] };
    const files = await listLayerFiles(app, { repository, layer: view, isHere: here.has(layer.digest), viewer });
    if (!files.listing) return { problem: files.problem };
    isPartial ||= files.listing.end !== 'complete';
    read.push(files.listing.entries);
  }
  return { layers: read, isPartial };
}
