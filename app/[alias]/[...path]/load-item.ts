// What the pages of manifests and layers show, once per request, because their titles depend on whether it exists.
import { notFound } from 'next/navigation';
import { cache } from 'react';
import type { RepositoryItem } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { getLayer, getManifestPage } from '#lib/gallery/manifest-queries.ts';

export const loadManifest = cache((repositoryId: bigint, digest: string) =>
  getManifestPage(getApp(), { repositoryId, digest }),
);

export const loadLayer = cache((repositoryId: bigint, digest: string) => getLayer(getApp(), { repositoryId, digest }));

/** Throws `notFound` for a manifest or layer that the repository doesn't have. */
export async function requireItem(repositoryId: bigint, item: RepositoryItem): Promise<void> {
  if ('digest' in item && !(await loadManifest(repositoryId, item.digest))) notFound();
  if ('layer' in item && !(await loadLayer(repositoryId, item.layer))) notFound();
}
