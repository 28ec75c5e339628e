// What a publisher says about itself. Anyone may read it. Links and texts are unverified.
import { invalidField } from '#lib/platform/parse-input.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { BANNER_COLOURS, type PublisherProfile } from './schema.ts';

export const PROFILE_COLUMNS = {
  bio: true,
  website: true,
  sourceUrl: true,
  contact: true,
  bannerColour: true,
} as const;

type ProfileRow = Record<keyof typeof PROFILE_COLUMNS, string>;

export function toProfile({ bio, website, sourceUrl, contact, bannerColour }: ProfileRow): PublisherProfile {
  // A newer version may know more colours.
  return { bio, website, sourceUrl, contact, bannerColour: BANNER_COLOURS.find((one) => one === bannerColour) ?? '' };
}

/** Returns the profile as its form shows it. Callers authorize. */
export async function getRegistryProfile({ db }: { db: DbOrTx }, { registryKey }: { registryKey: bigint }) {
  const [row, pins] = await Promise.all([
    db.registry.findUniqueOrThrow({ where: { id: registryKey }, select: PROFILE_COLUMNS }),
    listPinNames(db, registryKey),
  ]);
  return { ...toProfile(row), pins };
}

/** Names without the alias, in order. Leaves out repositories that visitors don't see. */
export async function listPinNames(db: DbOrTx, registryKey: bigint): Promise<string[]> {
  const pins = await db.repositoryPin.findMany({
    where: { registryKey, repository: { registryKey, visibility: 'public', quarantinedAt: null } },
    orderBy: { position: 'asc' },
    select: { repository: { select: { name: true } } },
  });
  return pins.map(({ repository }) => repository.name);
}

const MAX_SUGGESTED = 200;

/** Lists names to choose pins from, most pulled first. */
export async function listPinnable(
  { db }: { db: DbOrTx },
  { registryKey }: { registryKey: bigint },
): Promise<string[]> {
  const rows = await db.repository.findMany({
    where: { registryKey, visibility: 'public', quarantinedAt: null },
    orderBy: [{ pullCount: 'desc' }, { name: 'asc' }],
    take: MAX_SUGGESTED,
    select: { name: true },
  });
  return rows.map(({ name }) => name);
}

/**
 * Replaces the pins. Ignores empty names and repetitions.
 * @throws AppError `invalid_input` for the first name that isn't a public repository of the registry
 */
export async function replacePins(tx: DbOrTx, registryKey: bigint, names: string[]): Promise<void> {
  const wanted = names.filter((name) => name !== '');
  const found = await tx.repository.findMany({
    where: { registryKey, name: { in: wanted }, visibility: 'public', quarantinedAt: null },
    select: { id: true, name: true },
  });
  const ids = new Map(found.map(({ id, name }) => [name, id]));
  const unknown = names.findIndex((name) => name !== '' && !ids.has(name));
  if (unknown !== -1) {
    const name = JSON.stringify(names[unknown]?.slice(0, 200));
    throw invalidField(`pins.${unknown}`, `This registry has no public repository ${name}.`);
  }
  const repositoryIds = new Set(wanted.flatMap((name) => ids.get(name) ?? []));
  await tx.repositoryPin.deleteMany({ where: { registryKey } });
  await tx.repositoryPin.createMany({
    data: [...repositoryIds].map((repositoryId, position) => ({ registryKey, repositoryId, position })),
  });
}
