import { authorize, isAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { approval, evaluateName, UNFLAGGED } from '#lib/publishers/names/name-check.ts';
import { isDecided, type VerificationRow } from '#lib/publishers/verification/verification.ts';
import { lockRegistry } from './lock-registry.sql.ts';
import { listPinNames, PROFILE_COLUMNS, replacePins } from './registry-profile.ts';
import { registryNameSchema, MAX_PINS, publisherProfileSchema } from './schema.ts';

const changesSchema = publisherProfileSchema.partial().extend({
  displayName: registryNameSchema.optional(),
  /** Names of public repositories of the registry, without the alias, in the order of its page. */
  pins: z.array(z.string().trim()).max(MAX_PINS, `Pin at most ${MAX_PINS} repositories.`).optional(),
});

/** Omitted fields keep their values. */
export type RegistryProfileChanges = z.input<typeof changesSchema>;
export type UpdateRegistryProfileInput = { caller: UserCaller; registryKey: bigint } & RegistryProfileChanges;

/** The texts that a change may touch, and what decides about a new name. */
const COLUMNS = {
  ...PROFILE_COLUMNS,
  displayName: true,
  registryId: true,
  verifiedAt: true,
  verifiedBy: true,
  declinedName: true,
} as const;

/**
 * Changes what a registry says about itself. A new display name is shown once it passes the checks or a reviewer
 * approves it. Only admins can change the name of a publisher verified by an admin. Their names need no check.
 * @throws AppError `invalid_input`, `forbidden`
 */
export async function updateRegistryProfile(app: { db: Db }, input: UpdateRegistryProfileInput): Promise<void> {
  const { caller, registryKey } = input;
  const { pins, ...texts } = parseInput(changesSchema, input);
  await app.db.$transaction(async (tx) => {
    await authorize({ db: tx }, { ...caller, action: 'ecr-public:PutRegistryCatalogData', registryKey });
    await lockRegistry(tx, registryKey);
    const registry = await tx.registry.findUniqueOrThrow({ where: { id: registryKey }, select: COLUMNS });
    const data = onlyChanged(registry, texts);
    if (Object.keys(data).length > 0) {
      const judged =
        data.displayName === undefined
          ? {}
          : await judgeName(tx, { caller, registryKey, registry, displayName: data.displayName });
      await tx.registry.update({ where: { id: registryKey }, data: { ...data, ...judged } });
    }
    const pinned = pins && (await changePins(tx, registryKey, pins));
    const after = { ...data, ...pinned?.after };
    if (Object.keys(after).length === 0) return;
    const before = Object.fromEntries(Object.keys(data).map((key) => [key, registry[key as keyof typeof data]]));
    await recordChange(tx, {
      type: 'registry.update-profile',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      before: { ...before, ...pinned?.before },
      after,
    });
  });
}

type Texts = Omit<z.output<typeof changesSchema>, 'pins'>;

function onlyChanged(registry: Record<keyof Texts, string>, texts: Texts): Texts {
  const names = Object.keys(texts) as (keyof Texts)[];
  return Object.fromEntries(names.filter((name) => texts[name] !== registry[name]).map((name) => [name, texts[name]]));
}

type JudgedName = {
  caller: UserCaller;
  registryKey: bigint;
  registry: Pick<VerificationRow, 'verifiedAt' | 'verifiedBy'> & { declinedName: string | null };
  displayName: string;
};

/** Returns the columns that say whether the new name is shown. */
async function judgeName(tx: DbOrTx, { caller, registryKey, registry, displayName }: JudgedName) {
  if (isAllowed({ ...caller, action: 'vitrine:VerifyPublisher' })) return approval(displayName);
  if (isDecided(registry))
    throw new AppError('forbidden', 'Only an admin can change the name of a verified publisher.');
  if (registry.declinedName === displayName) return UNFLAGGED;
  return evaluateName(tx, { name: displayName, registryKey });
}

/** Returns the change for the audit log, or nothing if the pins were the same. */
async function changePins(tx: DbOrTx, registryKey: bigint, names: string[]) {
  const before = await listPinNames(tx, registryKey);
  await replacePins(tx, registryKey, names);
  const after = await listPinNames(tx, registryKey);
  return before.join() === after.join() ? undefined : { before: { pins: before }, after: { pins: after } };
}
