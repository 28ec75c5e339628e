// Backs up a site while it serves: the database in one snapshot, then the blobs, and the manifest last.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type pg from 'pg';
import packageJson from '../../package.json' with { type: 'json' };
import { toMapKey, type BlobStore } from '#lib/blobs/blob-store.ts';
import { openDisk, type Disk } from '#lib/blobs/disk/open-disk.ts';
import { uploadsDir } from '#lib/blobs/disk/paths.ts';
import { holdRemovals } from '#lib/blobs/hold-removals.sql.ts';
import type { Volume } from '#lib/blobs/volume.ts';
import { readSiteId } from '#lib/distribution/integrity/join-site.sql.ts';
import { AppError } from '#lib/platform/errors.ts';
import { connectDatabase, inspectDatabase } from '#lib/platform/pg/connect-database.ts';
import { ping } from '#lib/platform/pg/ping.sql.ts';
import { readBackupManifest, writeBackupManifest, type BackupManifest } from './backup-manifest.ts';
import { readInventory, type SavedBlob } from './blobs/inventory.ts';
import { saveBlobs, type BlobMode, type BlobSaving } from './blobs/save-blobs.ts';
import { dumpDatabase, type Dump } from './database/dump-database.ts';
import { chooseSecrets, markAuthSecret, readSecrets, requireAuthSecret, saveSecrets } from './secrets.ts';

export type BackupSite = {
  pool: pg.Pool;
  /** Not that of a pooler. */
  databaseUrl: string;
  /** As stored: without cache and decryption. */
  store: BlobStore;
  volume: Volume;
  config: {
    dataDir: string;
    s3: object | null;
    masterKeys: ReadonlyMap<number, string> | undefined;
    authSecret: string | undefined;
  };
};

export type BackupInput = {
  folder: string;
  mode: BlobMode;
  /** The folder of an earlier backup that shares its files with this one. */
  base: string | null;
  withSecrets: boolean;
  onProgress?: (sentence: string) => void;
};

export type Backup = {
  id: string;
  folder: string;
  takenAt: string;
  tables: number;
  rows: number;
  databaseBytes: number;
  blobs: BlobSaving & { kind: BackupManifest['blobs']['kind'] };
  masterKeys: number[];
  secrets: string[];
};

/** Folders of DATA_DIR that a backup would mix with. */
const USED_FOLDERS = ['', 'blobs', 'uploads', 'postgres', 'secrets', 'cache'];

/**
 * Creates a backup in a folder, or renews the one there. The earlier one stays whole until the new one is. After an
 * interruption, repeat it: blobs that are there aren't copied again.
 * @throws AppError with a message for the operator
 */
export async function createBackup(site: BackupSite, input: BackupInput): Promise<Backup> {
  const folder = resolve(input.folder);
  requireUsable(folder, site.config.dataDir);
  const mode = chooseMode(input.mode, site);
  const siteId = await requireSiteId(site);
  const previous = await openFolder(folder, siteId);
  if (input.base !== null) await requireBase(input.base, siteId);
  const connection = { variable: 'DATABASE_DIRECT_URL' };
  const holder = await connectDatabase(site.databaseUrl, connection);
  const client = await connectDatabase(site.databaseUrl, connection).catch(async (error: unknown) => {
    await holder.end();
    throw error;
  });
  const target = await openDisk(folder, { reserveBytes: 0 });
  try {
    await requireOnly(holder);
    await removeStaged(folder);
    await target.volume.joinSite(siteId);
    return await writeBackup({ ...site, siteId }, { ...input, folder, mode, target, previous }, { holder, client });
  } finally {
    target.volume.close();
    // Nobody reads what an interrupted COPY still sends.
    await Promise.all([holder.end(), client.end()].map((ending) => ending.catch(() => undefined)));
  }
}

type Writing = Omit<BackupInput, 'mode'> & { mode: BlobMode; target: Disk; previous: BackupManifest | null };

async function writeBackup(
  site: BackupSite & { siteId: string },
  input: Writing,
  { holder, client }: { holder: pg.Client; client: pg.Client },
): Promise<Backup> {
  const { folder, mode, target, onProgress = () => undefined } = input;
  const id = randomUUID();
  const parts = `parts-${id}`;
  await removeParts(folder, input.previous?.folder ?? null);
  await mkdir(join(folder, parts), { mode: 0o700 });
  const kind = mode === 'list' ? 'listed' : 'saved';
  const dump = await dumpDatabase(client, {
    folder: join(folder, parts),
    isStoreKept: kind === 'listed',
    onTable: (name) => onProgress(`table ${name}`),
  });
  const { part, kept, ...saving } = await saveBlobs({
    store: site.store,
    diskFolder: site.config.s3 ? null : site.config.dataDir,
    mode,
    folder,
    target,
    base: input.base,
    known: {
      folder: await readSaved(folder, input.previous),
      base: input.base === null ? new Map() : await readSaved(input.base, await readBackupManifest(input.base)),
    },
    listPath: join(folder, parts, 'blobs.jsonl.zst'),
    onProgress: ({ count, copied }) => onProgress(`${count} blobs, ${copied} copied`),
  });
  const generated = await readSecrets(site.config.dataDir);
  const { authSecret } = chooseSecrets(site.config, generated);
  const secrets = input.withSecrets ? await saveSecrets(site.config.dataDir, join(folder, parts)) : [];
  // Without its connection, the backup may lack blobs that were removed meanwhile.
  await ping(holder);
  const { takenAt, migrations, tables, sequences, jobs, masterKeys, sealingKeys } = dump;
  await writeBackupManifest(folder, {
    id,
    version: packageJson.version,
    takenAt: takenAt.toISOString(),
    siteId: site.siteId,
    folder: parts,
    migrations,
    tables,
    sequences,
    jobs,
    masterKeys,
    sealingKeys,
    secrets,
    blobs: { kind, storage: site.volume.name, count: saving.count, sizeBytes: saving.sizeBytes, part },
    authSecret: markAuthSecret(requireAuthSecret(authSecret)),
  });
  await removeParts(folder, parts);
  await removeBlobs(target.store, mode === 'list' ? new Set() : kept);
  return { ...summarize(dump), id, folder, blobs: { ...saving, kind }, secrets: secrets.map(({ name }) => name) };
}

function summarize({ takenAt, tables, jobs, masterKeys }: Dump) {
  return {
    takenAt: takenAt.toISOString(),
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    databaseBytes: [...tables, jobs].reduce((sum, { part }) => sum + part.sizeBytes, 0),
    masterKeys: masterKeys.filter(({ isNeeded }) => isNeeded).map(({ version }) => version),
  };
}

function requireUsable(folder: string, dataDir: string): void {
  const within = relative(resolve(dataDir), folder);
  if (within.startsWith('..') || !USED_FOLDERS.includes(within.split('/')[0] ?? '')) return;
  throw new AppError('invalid_input', `${folder} is in use by the site itself. Choose a folder outside of DATA_DIR.`);
}

function chooseMode(mode: BlobMode, { config, volume }: BackupSite): BlobMode {
  if (!config.s3) return mode;
  if (mode === 'link') {
    throw new AppError('invalid_input', `Blobs of ${volume.name} can't be linked. Use --blobs copy or --blobs list.`);
  }
  return mode ?? 'list';
}

async function requireSiteId({ pool, volume }: BackupSite): Promise<string> {
  const siteId = await readSiteId(pool);
  if (siteId !== null && (await volume.readSiteId()) === siteId) return siteId;
  const sentence = `The database doesn't belong to ${volume.name}, so nothing was backed up.`;
  throw new AppError('conflict', `${sentence} Start the site once, and run this command with its settings.`);
}

/** Opens the folder for a backup of this site. Resolves to the manifest of the backup there. */
async function openFolder(folder: string, siteId: string): Promise<BackupManifest | null> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length === 0) return null;
  const manifest = await readBackupManifest(folder);
  const target = await openMarked(folder);
  if (manifest?.siteId === siteId || target === siteId) return manifest;
  throw new AppError(
    'conflict',
    (manifest ?? target)
      ? `${folder} holds the backup of another site. Choose another folder.`
      : `${folder} isn't empty and holds no backup. Choose another folder.`,
  );
}

/** Reads the site id that the first step of a backup leaves. */
async function openMarked(folder: string): Promise<string | null> {
  if (!(await readdir(folder)).includes('blobs')) return null;
  const { volume } = await openDisk(folder, { reserveBytes: 0 });
  try {
    return await volume.readSiteId();
  } finally {
    volume.close();
  }
}

async function requireBase(base: string, siteId: string): Promise<void> {
  if ((await readBackupManifest(base))?.siteId === siteId) return;
  throw new AppError(
    'invalid_input',
    `${base} holds no backup of this site. --base takes the folder of an earlier one.`,
  );
}

async function requireOnly(holder: pg.Client): Promise<void> {
  if ((await inspectDatabase(holder)).isPooled) {
    const sentence = "A backup needs a connection of its own, which a pooler doesn't give.";
    throw new AppError('invalid_input', `${sentence} Set DATABASE_DIRECT_URL to the address of the database itself.`);
  }
  if (await holdRemovals(holder)) return;
  throw new AppError('conflict', 'Another backup of this site is running. Wait until it ends.');
}

/** Reads which blobs a backup holds. */
async function readSaved(folder: string, manifest: BackupManifest | null): Promise<Map<string, SavedBlob>> {
  const saved = new Map<string, SavedBlob>();
  if (manifest?.blobs.kind !== 'saved') return saved;
  for await (const blob of readInventory(folder, manifest)) saved.set(toMapKey(blob), blob);
  return saved;
}

async function removeParts(folder: string, kept: string | null): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('parts-') && name !== kept) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Removes what an interrupted backup was copying. */
async function removeStaged(folder: string): Promise<void> {
  for (const name of await readdir(uploadsDir(folder))) await rm(join(uploadsDir(folder), name), { force: true });
}

/** Removes blobs that only an earlier backup held, and what interrupted ones left behind. */
async function removeBlobs(store: BlobStore, kept: ReadonlySet<string>): Promise<void> {
  for await (const key of store.list()) if (!kept.has(toMapKey(key))) await store.delete(key);
}
