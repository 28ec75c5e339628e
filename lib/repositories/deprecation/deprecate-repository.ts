import type { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { splitLocalName } from '#lib/oci/reference.ts';
import { invalidField, parseInput } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import {
  DEPRECATION_COLUMNS,
  deprecationSchema,
  toDeprecation,
  type Deprecation,
  type DeprecationInput,
} from './deprecation.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';

export type DeprecateRepositoryInput = {
  caller: UserCaller;
  fullName: string;
  /** Null takes the notice back. */
  deprecation: z.input<typeof deprecationSchema> | null;
};

/**
 * Puts a deprecation notice on a repository, changes it, or takes it back. Pulls and pushes keep working.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function deprecateRepository(app: { db: Db }, input: DeprecateRepositoryInput): Promise<void> {
  const { caller, fullName } = input;
  const action = 'ecr-public:PutRepositoryCatalogData';
  const repository = await authorizeRepository(app, { caller, fullName, action });
  const { id, registryKey } = repository;
  const wanted = input.deprecation && parseInput(deprecationSchema, input.deprecation);
  if (wanted) await requireSuccessor(app, { caller, id, successor: wanted.successor });
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: DEPRECATION_COLUMNS });
    const data = {
      deprecatedAt: wanted && (before.deprecatedAt ?? new Date()),
      deprecationText: wanted?.text ?? '',
      deprecationSuccessor: wanted?.successor ?? '',
      deprecationEndsOn: wanted?.endsOn ? new Date(`${wanted.endsOn}T00:00:00Z`) : null,
    };
    await tx.repository.update({ where: { id }, data, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.deprecate',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: toDetail(toDeprecation(before)),
      after: toDetail(wanted),
    });
  });
}

/** A successor on this site must be one that the publisher can see, and another repository. */
async function requireSuccessor(
  app: { db: Db },
  { caller, id, successor }: { caller: UserCaller; id: bigint; successor: string },
): Promise<void> {
  const local = splitLocalName(successor);
  if (!local) return;
  const fullName = `${local.alias}/${local.name}`;
  const found = await findVisibleRepository(app, { caller, fullName });
  if (!found) throw invalidField('successor', `${fullName} doesn't exist here. Check the name.`);
  if (found.id === id) throw invalidField('successor', 'A repository can’t succeed itself. Enter another one.');
}

function toDetail(notice: DeprecationInput | Deprecation | null): { [key: string]: string | null } {
  if (!notice) return { text: null, successor: null, endsOn: null };
  return { text: notice.text, successor: notice.successor, endsOn: notice.endsOn };
}
