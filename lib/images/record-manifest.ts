import type pg from 'pg';
import type { ChangeOf, RecordedChange } from '#lib/events/event-types.ts';
import { changeStatements } from '#lib/events/record-change.ts';
import { type Caller, findUserId } from '#lib/access/schema.ts';
import { findWorkflow, type Workflow } from '#lib/access/trust/find-workflow.ts';
import { attachedByTag } from '#lib/oci/attached-as.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import { sendTogether } from '#lib/platform/pg/driver-internals.ts';
import { inTransaction } from '#lib/platform/pg/transaction.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { toTextList, type ManifestRows } from './manifest-rows.ts';
import type { ImageFacts } from './read-image-config.ts';
import {
  findExistingTags,
  insertManifest,
  KEEP_PLANS,
  listMissingChildren,
  markPushed,
  MAX_NAMED_MISSING,
  moveTags,
  saveOrigin,
  saveWorkflow,
  sumLinked,
  type MarkedRepository,
  type SavedManifest,
  type MovedTag,
} from './record-manifest.sql.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import { isTagImmutable } from '#lib/repositories/tag-mutability/is-tag-immutable.ts';
import type { TagMutabilityRule } from '#lib/repositories/tag-mutability/schema.ts';
import { recountIndexes } from '#lib/repositories/deletions/recount-indexes.ts';

export type RecordManifestInput = {
  /** The system principal records what a mirrored repository fetches, whose blobs are fetched on demand. */
  caller: Caller;
  repository: Pick<FoundRepository, 'id' | 'registryKey' | 'name' | 'fullName'>;
  digest: Digest;
  rows: ManifestRows;
  /** The bytes as pushed or fetched. */
  payload: Buffer;
  facts: ImageFacts;
  tags: string[];
  /** Set by the operator. Otherwise an image must be complete before it is acknowledged. */
  mayLackLayers?: boolean;
  /** False: every manifest that an index lists must exist. By default, an index may be sparse. */
  mayLackChildren?: boolean;
  /** The registry that replicated it to here. */
  origin?: string | null;
};

type App = { pool: pg.Pool; recordMutex: KeyedMutex<bigint> };

/**
 * Records a manifest with its edges and tags in one transaction.
 * @throws AppError `manifest_blob_unknown` with the digests that the repository lacks (isChildrenUnknown), `tag_immutable`
 */
export async function recordManifest({ pool, recordMutex }: App, input: RecordManifestInput): Promise<void> {
  // Queueing here instead of on the row lock keeps waiting pushes from holding connections, and serves them in order.
  await recordMutex.take(input.repository.id, () => record(pool, input));
}

async function record(pool: pg.Pool, input: RecordManifestInput): Promise<void> {
  await inTransaction(pool, (tx) => writeRows(tx, input), {
    settings: KEEP_PLANS,
    last: (changes) => changeStatements(...changes),
  });
}

/** Returns the changes to record at the end. */
async function writeRows(tx: pg.ClientBase, input: RecordManifestInput): Promise<RecordedChange[]> {
  const { caller, repository, digest, rows } = input;
  // Locking the repository first serializes pushes to it. Tags and edges can't deadlock, and each later statement sees the
  // previous push.
  const [marked, blobBytes] = await Promise.all([
    lockForPush(tx, input),
    isPushed(caller) ? sumLinkedBlobs(tx, input) : BigInt(rows.describedBytes),
  ]);
  const tags = await chooseTags(tx, input, marked);
  if (input.mayLackChildren === false) await requireChildren(tx, input);
  const [{ isListed }, moves] = await sendTogether(tx, () =>
    Promise.all([saveManifest(tx, input, blobBytes), setTags(tx, input, tags)]),
  );
  if (isListed) await recountIndexes(tx, { repositoryId: repository.id, digest });
  const workflow = findWorkflow(caller.principal);
  if (workflow) await saveWorkflow(tx, { repositoryId: repository.id, digest, workflow });
  if (input.origin) await saveOrigin(tx, { repositoryId: repository.id, digest, origin: input.origin });
  const pushed = toChange({ ...input, tags }, { marked, workflow });
  return [pushed, ...moves.map((move) => toMove(input, move, marked))];
}

async function lockForPush(tx: pg.ClientBase, { caller, repository }: RecordManifestInput): Promise<MarkedRepository> {
  const { fullName } = repository;
  const marked = await markPushed(tx, repository);
  if (!marked) throw new AppError('repository_not_found', `${fullName} has been deleted.`);
  // It may have been quarantined since the push was authorized. Quarantined mirrors are refused when they are pulled.
  if (isPushed(caller)) refuseQuarantined({ fullName, quarantineReason: marked.quarantineReason });
  return marked;
}

/**
 * Refuses to overwrite immutable tags, even with the manifest that they have, as ECR does. A mirror's tag keeps what it
 * points to. Asks the database only if a tag is immutable.
 */
async function chooseTags(
  tx: pg.ClientBase,
  { caller, repository, tags }: RecordManifestInput,
  rule: TagMutabilityRule,
): Promise<string[]> {
  const immutable = tags.filter((tag) => isTagImmutable(rule, tag));
  if (immutable.length === 0) return tags;
  const existing = await findExistingTags(tx, { repositoryId: repository.id, tags: immutable });
  if (!isPushed(caller)) return tags.filter((tag) => !existing.has(tag));
  const taken = immutable.find((tag) => existing.has(tag));
  if (taken !== undefined) throw tagImmutable(repository, taken);
  return tags;
}

/** The words are ECR's, which clients match. */
function tagImmutable({ name }: Pick<FoundRepository, 'name'>, tag: string): AppError {
  return new AppError(
    'tag_immutable',
    `The image tag '${tag}' already exists in the '${name}' repository and cannot be overwritten because the repository is immutable.`,
  );
}

/** Sums the stored sizes of a manifest's blobs, because the sizes in a manifest are only claims. Locks their links. */
async function sumLinkedBlobs(
  tx: pg.ClientBase,
  { repository, rows: { blobDigests, neededDigests, config }, mayLackLayers }: RecordManifestInput,
): Promise<bigint> {
  const needed = mayLackLayers ? toTextList(config ? [config.digest] : []) : neededDigests;
  const linked = { repositoryId: repository.id, digests: blobDigests, needed };
  const { bytes, missing } = await sumLinked(tx, linked);
  if (missing.length > 0) throw blobsUnknown(missing);
  return BigInt(bytes);
}

/** `digests` are the first missing ones. */
export function blobsUnknown(digests: string[]): AppError {
  return new AppError('manifest_blob_unknown', "The manifest refers to blobs that the repository doesn't have.", {
    detail: digests.slice(0, MAX_NAMED_MISSING).map((digest) => ({ digest })),
  });
}

const CHILDREN_UNKNOWN = "The index lists manifests that the repository doesn't have.";

async function requireChildren(tx: pg.ClientBase, { repository, rows }: RecordManifestInput): Promise<void> {
  if (rows.kind === 'image') return;
  const missing = await listMissingChildren(tx, { repositoryId: repository.id, children: rows.children });
  if (missing.length === 0) return;
  throw new AppError('manifest_blob_unknown', CHILDREN_UNKNOWN, { detail: missing.map((digest) => ({ digest })) });
}

/** Whether an index was refused because of the manifests that it lists. */
export function isChildrenUnknown({ code, message }: AppError): boolean {
  return code === 'manifest_blob_unknown' && message === CHILDREN_UNKNOWN;
}

/** A manifest pushed only under tag names that tools reserve for attachments counts as one, whatever its types say. */
function attachedByTags({ rows: { kind }, tags }: RecordManifestInput) {
  const named = tags.map((tag) => attachedByTag(tag, kind));
  return named.every((as) => as !== null) ? (named[0] ?? null) : null;
}

async function saveManifest(tx: pg.ClientBase, input: RecordManifestInput, blobBytes: bigint): Promise<SavedManifest> {
  const { caller, repository, digest, rows, payload, facts } = input;
  const saved = await insertManifest(tx, {
    repositoryId: repository.id,
    digest,
    rows,
    payload,
    blobBytes,
    facts,
    pushedById: findUserId(caller.principal),
    attachedAs: rows.attachedAs ?? attachedByTags(input),
  });
  if (!saved) throw new Error(`${digest} wasn't saved`);
  return saved;
}

async function setTags(tx: pg.ClientBase, input: RecordManifestInput, tags: string[]): Promise<MovedTag[]> {
  const { caller, repository, digest, rows: manifest } = input;
  if (tags.length === 0) return [];
  const attached = tags.map((tag) => manifest.attachedAs ?? attachedByTag(tag, manifest.kind));
  return moveTags(tx, {
    repositoryId: repository.id,
    tags,
    digest,
    userId: findUserId(caller.principal),
    isChecked: !isPushed(caller),
    attached,
  });
}

/** Manifests recorded by the system come from an upstream. */
function isPushed({ principal }: Caller): boolean {
  return principal.kind !== 'system';
}

function toChange(
  { caller, repository, digest, rows, tags }: RecordManifestInput,
  { marked, workflow }: { marked: MarkedRepository; workflow: Workflow | null },
): ChangeOf<'manifest.push' | 'manifest.mirror'> {
  const { version, hasWebhooks } = marked;
  const shared = {
    caller,
    hasWebhooks,
    registryKey: repository.registryKey,
    resource: { repositoryId: repository.id, name: repository.fullName, digest },
    after: { mediaType: rows.mediaType, tags },
  };
  if (isPushed(caller)) {
    const after = { ...shared.after, ...(workflow && { workflow }) };
    return { ...shared, type: 'manifest.push', after, facts: { version } };
  }
  const configMediaType = rows.config?.mediaType ?? null;
  return { ...shared, type: 'manifest.mirror', facts: { version, configMediaType } };
}

function toMove(
  { caller, repository, digest }: RecordManifestInput,
  { tag, fromDigest }: MovedTag,
  { hasWebhooks }: MarkedRepository,
): ChangeOf<'tag.create' | 'tag.move'> {
  const shared = {
    caller,
    hasWebhooks,
    registryKey: repository.registryKey,
    resource: { repositoryId: repository.id, name: repository.fullName, tag },
    after: { digest },
  };
  if (fromDigest === null) return { ...shared, type: 'tag.create' };
  return { ...shared, type: 'tag.move', before: { digest: fromDigest } };
}
