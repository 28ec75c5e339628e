import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBlobStore, type Composition } from './blob-store.contract.ts';
import type { BlobStore } from './blob-store.ts';
import { openDisk } from './disk/open-disk.ts';
import { blobPath } from './disk/paths.ts';
import { HotStore } from './hot/hot-store.ts';
import { describeIncomingBlob } from './incoming-blob.contract.ts';
import { describeIntake } from './intake.contract.ts';
import { MemoryStaging } from './memory/memory-staging.ts';
import { MemoryStore } from './memory/memory-store.ts';
import { sealed } from './sealed/seal-composition.contract.ts';
import { describeStagingArea } from './staging-area.contract.ts';
import { VerifiedStore } from './verified/verified-store.ts';

type Decorate = (store: BlobStore) => BlobStore;

const plain: Decorate = (store) => store;
const hot: Decorate = (store) => new HotStore(store);
const verified: Decorate = (store) => new VerifiedStore(store, { onDamage: () => Promise.resolve() });

function inMemory(decorate: Decorate): () => Promise<Composition> {
  return () => {
    const staging = new MemoryStaging();
    const memory = new MemoryStore(staging);
    return Promise.resolve({
      store: decorate(memory),
      staging,
      room: { requireRoom: () => undefined, claimRoom: () => undefined },
      overwrite: (key, bytes) => Promise.resolve(memory.overwrite(key, bytes)),
      close: () => Promise.resolve(),
    });
  };
}

function onDisk(decorate: Decorate): () => Promise<Composition> {
  return async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'vitrine-blobs-'));
    const { store, staging, volume } = await openDisk(dataDir, { reserveBytes: null });
    let writes = 0;
    return {
      store: decorate(store),
      staging,
      room: volume,
      overwrite: async (key, bytes) => {
        const path = blobPath(dataDir, key);
        await writeFile(path, bytes);
        // File timestamps may be too coarse to change since the last write.
        writes += 1;
        await utimes(path, writes, writes);
      },
      close: async () => {
        volume.close();
        await rm(dataDir, { recursive: true });
      },
    };
  };
}

const COMPOSITIONS: Record<string, () => Promise<Composition>> = {
  memory: inMemory(plain),
  disk: onDisk(plain),
  'hot(memory)': inMemory(hot),
  'hot(disk)': onDisk(hot),
  'verified(memory)': inMemory(verified),
  'verified(disk)': onDisk(verified),
  'verified(hot(disk))': onDisk((store) => verified(hot(store))),
  'sealed(memory)': sealed(inMemory(plain)),
  'sealed(disk)': sealed(onDisk(plain)),
  'not sealing(disk)': sealed(onDisk(plain), plain, false),
  'verified(hot(sealed(disk)))': sealed(onDisk(plain), (store) => verified(hot(store))),
};

for (const [name, open] of Object.entries(COMPOSITIONS)) {
  describeBlobStore(name, open);
  describeIntake(name, open);
  describeIncomingBlob(name, open);
}
describeStagingArea('memory', inMemory(plain));
describeStagingArea('disk', onDisk(plain));
describeStagingArea('sealed memory', sealed(inMemory(plain)));
describeStagingArea('sealed disk', sealed(onDisk(plain)));
