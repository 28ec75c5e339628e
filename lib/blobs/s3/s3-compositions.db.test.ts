import { afterAll, beforeAll, describe } from 'vitest';
import { describeBlobStore, type Composition } from '#lib/blobs/blob-store.contract.ts';
import type { BlobStore } from '#lib/blobs/blob-store.ts';
import { HotStore } from '#lib/blobs/hot/hot-store.ts';
import { describeIncomingBlob } from '#lib/blobs/incoming-blob.contract.ts';
import { describeIntake } from '#lib/blobs/intake.contract.ts';
import { sealed } from '#lib/blobs/sealed/seal-composition.contract.ts';
import { describeStagingArea } from '#lib/blobs/staging-area.contract.ts';
import { VerifiedStore } from '#lib/blobs/verified/verified-store.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3, type TestS3 } from '#lib/testing/s3/use-s3.ts';

const { absent } = await findS3Server();

type Decorate = (store: BlobStore) => BlobStore;
const plain: Decorate = (store) => store;
const hot: Decorate = (store) => new HotStore(store);
const verified: Decorate = (store) => new VerifiedStore(store, { onDamage: () => Promise.resolve() });

const title = absent ? `blobs on S3 (skipped: ${absent})` : 'on S3';

describe.skipIf(absent !== null)(title, () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await useS3();
  });
  afterAll(() => s3.close());

  const onS3 = (decorate: Decorate) => async (): Promise<Composition> => {
    const { store, staging, volume, overwrite, close } = await s3.open();
    return { store: decorate(store), staging, room: volume, overwrite, close };
  };
  for (const [name, decorate] of [
    ['s3', plain],
    ['hot(s3)', hot],
    ['verified(hot(s3))', (store: BlobStore) => verified(hot(store))],
  ] as const) {
    describeBlobStore(name, onS3(decorate));
    describeIntake(name, onS3(decorate));
    describeIncomingBlob(name, onS3(decorate));
  }
  describeStagingArea('s3', onS3(plain));
  const onSealedS3 = sealed(onS3(plain), (store) => verified(hot(store)));
  describeBlobStore('verified(hot(sealed(s3)))', onSealedS3);
  describeIntake('verified(hot(sealed(s3)))', onSealedS3);
  describeIncomingBlob('verified(hot(sealed(s3)))', onSealedS3);
  describeStagingArea('sealed s3', sealed(onS3(plain)));
});
