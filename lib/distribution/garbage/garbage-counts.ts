import type { Collection } from './collect-garbage.ts';

/** What garbage collections of this process have removed. */
export class GarbageCounts {
  runs = 0;
  freedBytes = 0;
  readonly removed = { blobs: 0, links: 0, manifests: 0, deletions: 0 };

  add({ blobs, links, untaggedManifests, expiredDeletions }: Collection): void {
    this.runs += 1;
    this.freedBytes += Number(blobs.freedBytes);
    this.removed.blobs += blobs.removed;
    this.removed.links += links.removed;
    this.removed.manifests += untaggedManifests;
    this.removed.deletions += expiredDeletions;
  }
}
