// The secrets that a restored site needs and no backup holds by default.
import { createHmac } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { createFileOnce } from '#lib/platform/files.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { readPart, writePart } from './part-file.ts';

/** It belongs to the embedded PostgreSQL, and a restored site gets another. */
const UNSAVED = 'postgres';

/** Identifies a secret without revealing it. */
export function markAuthSecret(secret: string): string {
  return createHmac('sha256', secret).update('vitrine auth-secret mark').digest('hex');
}

/** Reads generated secrets by name, without creating any. */
export async function readSecrets(dataDir: string): Promise<Map<string, string>> {
  const folder = join(dataDir, 'secrets');
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const secrets = new Map<string, string>();
  for (const name of names.filter((known) => known !== UNSAVED && /^[\w-]+$/.test(known))) {
    secrets.set(name, (await readFile(join(folder, name), 'utf8')).trim());
  }
  return secrets;
}

export async function saveSecrets(dataDir: string, folder: string): Promise<BackupManifest['secrets']> {
  const saved: BackupManifest['secrets'] = [];
  for (const [name, secret] of await readSecrets(dataDir)) {
    const part = await writePart(join(folder, `secret-${name}.zst`), Readable.from([Buffer.from(secret)]));
    saved.push({ name, part });
  }
  return saved;
}

/** Reads the secrets that a backup holds, by name. */
export async function readSavedSecrets(folder: string, manifest: BackupManifest): Promise<Map<string, string>> {
  const secrets = new Map<string, string>();
  for (const { name, part } of manifest.secrets) {
    const chunks = await readPart(join(folder, manifest.folder, part.file)).toArray();
    secrets.set(name, Buffer.concat(chunks as Buffer[]).toString('utf8'));
  }
  return secrets;
}

/** Writes the secrets of a backup into DATA_DIR. The caller has checked that none differs there. */
export async function restoreSecrets(dataDir: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  if (secrets.size === 0) return;
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, secret] of secrets) createFileOnce(join(folder, name), `${secret}\n`);
}

type SecretSettings = { masterKeys: ReadonlyMap<number, string> | undefined; authSecret: string | undefined };

/** The secrets in force: those of the settings, else generated ones. Null: there is none yet. */
export function chooseSecrets(
  settings: SecretSettings,
  generated: ReadonlyMap<string, string>,
): { masterKeys: ReadonlyMap<number, string>; authSecret: string | null } {
  const master = generated.get('master');
  return {
    masterKeys: settings.masterKeys ?? new Map(master === undefined ? [] : [[1, master]]),
    authSecret: settings.authSecret ?? generated.get('auth') ?? null,
  };
}

/** @throws AppError `unavailable` */
export function requireAuthSecret(secret: string | null): string {
  if (secret !== null) return secret;
  throw new AppError(
    'unavailable',
    'AUTH_SECRET is neither set nor in DATA_DIR. Run this command with the settings of the site.',
  );
}
