import { recordChange } from '#lib/events/record-change.ts';
import { findMembershipOf } from '#lib/access/find-membership.sql.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import { resolveQuota } from '#lib/publishers/registry-quota.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { repositoryNameSchema } from '#lib/repositories/schema.ts';
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { leavePolicyBehind } from '#lib/repositories/policies/store-policy.ts';
import { moveRepository } from './move-repository.ts';
import { readUsageWith } from './usage-with.sql.ts';
import { findOffer, notOffered, takeOffer, type TransferAnswer } from './transfer-store.ts';

type App = { db: Db; config: Pick<PublisherConfig, 'registryQuotaBytes'> };

export type AcceptTransferInput = TransferAnswer & {
  /** The name in the receiving registry, if it isn't to stay. */
  name?: string;
};

/** Counting the blobs of two large registries takes a while. */
const TRANSACTION = { timeout: 60_000 };

/**
 * Moves an offered repository into the caller's registry. The former address redirects there. Returns the new one.
 * @throws AppError `not_found`, `invalid_input`, `name_taken`, `quarantined`, `quota_exceeded`
 */
export async function acceptTransfer(app: App, { name: asked, ...answer }: AcceptTransferInput): Promise<string> {
  const { caller, id } = answer;
  return app.db.$transaction(async (tx) => {
    const offer = await findOffer(tx, { ...answer, side: 'taker' });
    await takeOffer(tx, id);
    const { repository, fromRegistry, toRegistry } = offer;
    await requireStanding(tx, offer);
    const from = `${registryAddress(fromRegistry)}/${repository.name}`;
    refuseQuarantined({ fullName: from, quarantineReason: repository.quarantineReason });
    const name = parseField('name', repositoryNameSchema, asked || repository.name);
    const alias = registryAddress(toRegistry);
    // Serializes transfers into the registry, so that together they can't exceed its quota.
    await lockRegistry(tx, toRegistry.id);
    await requireQuota(app, tx, { repositoryId: repository.id, ...toRegistry });
    await leavePolicyBehind(tx, { caller, repository: { ...repository, fullName: from } });
    await moveRepository(tx, {
      repository: { ...repository, fullName: from },
      to: { registryKey: toRegistry.id, alias, name },
    });
    const change = {
      type: 'repository.transfer',
      caller,
      resource: { repositoryId: repository.id, name: `${alias}/${name}` },
      before: { repository: from },
      after: { repository: `${alias}/${name}` },
    } as const;
    await recordChange(
      tx,
      { ...change, registryKey: fromRegistry.id, facts: { isGiver: true } },
      { ...change, registryKey: toRegistry.id, facts: { isGiver: false } },
    );
    return `${alias}/${name}`;
  }, TRANSACTION);
}

type Offer = Awaited<ReturnType<typeof findOffer>>;

/** The offer counts only while its repository is where it was and whoever made it is still an owner there. */
async function requireStanding(tx: DbOrTx, { expiresAt, repository, fromRegistry, offeredById }: Offer): Promise<void> {
  if (expiresAt < new Date() || repository.registryKey !== fromRegistry.id) throw notOffered();
  const key = { registryKey: fromRegistry.id, userId: offeredById ?? '' };
  const membership = offeredById === null ? null : await findMembershipOf({ db: tx }, key);
  if (membership?.role !== 'owner') throw notOffered();
}

type Receiver = { repositoryId: bigint; id: bigint; quotaBytes: bigint | null };

async function requireQuota(app: App, tx: DbOrTx, { repositoryId, id, quotaBytes }: Receiver): Promise<void> {
  const quota = resolveQuota(app.config, quotaBytes);
  if (quota === null) return;
  const bytes = await readUsageWith(tx, { registryKey: id, repositoryId });
  if (bytes <= quota) return;
  const what = `With this repository, your registry would use ${formatByteSize(bytes)} of its ${formatByteSize(quota)} quota.`;
  throw new AppError('quota_exceeded', `${what} Delete images, or ask an admin for a larger quota.`);
}
