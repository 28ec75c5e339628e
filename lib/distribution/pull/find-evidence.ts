// Finds attachments of a manifest: referrers, cosign tags and BuildKit attestations in the index. Doesn't verify them.
import type pg from 'pg';
import { MAX_BYTES_ON_LOOP } from '#lib/images/read-document.ts';
import { isDigest, type Digest } from '#lib/oci/digest.ts';
import {
  attestationSubject,
  cosignTags,
  evidenceKind,
  findPredicate,
  isAttestationManifest,
  predicateKind,
  type EvidenceKind,
} from '#lib/oci/evidence-kind.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { readManifest } from '#lib/oci/read-manifest.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { listStoredReferrers } from './list-stored-referrers.ts';

const MAX_SUBJECTS = 20;
const MAX_ATTESTATIONS = 50;
/** Per subject, and far more than the page shows. */
const REFERRERS = { maxBytes: 64 * 1024, maxRows: 200 };
/** Real attestations have a few kilobytes. Larger ones are not parsed. */
const OPENED = { sizeBytes: { lte: MAX_BYTES_ON_LOOP } };

export type Evidence = {
  kind: EvidenceKind;
  foundBy: 'referrer' | 'tag' | 'index';
  /** Digest of the attached manifest, which the repository may lack. */
  digest: string;
  /** The predicate type if known, else the media type. */
  type: string;
  /** Digest of the manifest it is attached to. */
  subject: string;
  tag: string | null;
  /** One-based position of the document in the attached manifest, if it holds several. */
  document: number | null;
};

type App = { db: Db; pool: pg.Pool; offload: Offload };
type Input = { repositoryId: bigint; digest: Digest; manifest: Manifest | null };

/**
 * Finds attachments of a manifest, and of the images in an index. Limits exceed those of real images; the rest is
 * omitted.
 */
export async function findEvidence(app: App, { repositoryId, digest, manifest }: Input): Promise<Evidence[]> {
  const children = (manifest?.children ?? []).filter((child) => !isAttestationManifest(child));
  const subjects = [...new Set([digest, ...children.map((child) => child.digest)])].slice(0, MAX_SUBJECTS);
  const found = await Promise.all([
    ...subjects.map((subject) => findReferring(app, repositoryId, subject)),
    findTagged(app, repositoryId, subjects),
    findListed(app, repositoryId, digest, manifest),
  ]);
  return found.flat();
}

async function findReferring(app: App, repositoryId: bigint, subject: Digest): Promise<Evidence[]> {
  const asked = { repositoryId, subject, artifactType: null, last: null };
  const { referrers } = await listStoredReferrers(app, asked, REFERRERS);
  return referrers.map(({ digest, mediaType, artifactType, annotations }) => {
    const type = artifactType ?? mediaType;
    const kind = evidenceKind(type, annotations);
    return {
      kind,
      foundBy: 'referrer',
      digest,
      type: findPredicate(annotations) ?? type,
      subject,
      tag: null,
      document: null,
    };
  });
}

async function findTagged(app: App, repositoryId: bigint, subjects: Digest[]): Promise<Evidence[]> {
  const wanted = new Map(
    subjects.flatMap((subject) => cosignTags(subject).map(({ tag, kind }) => [tag, { subject, kind }] as const)),
  );
  const rows = await app.db.tag.findMany({
    where: { repositoryId, name: { in: [...wanted.keys()] } },
    select: { name: true, manifest: { select: { digest: true, mediaType: true } } },
  });
  const attestations = rows.filter(({ name }) => wanted.get(name)?.kind === 'attestation');
  const stored = await findStored(
    app,
    repositoryId,
    attestations.map(({ manifest }) => manifest.digest),
  );
  return rows.flatMap(({ name, manifest: { digest, mediaType } }) => {
    const row = stored.get(digest);
    const about = wanted.get(name);
    if (!about) return [];
    const predicates = row ? readPredicates(row) : [];
    const shared = { foundBy: 'tag', digest, subject: about.subject, tag: name } as const;
    if (predicates.length === 0) return [{ ...shared, kind: about.kind, type: mediaType, document: null }];
    return predicates.map((found) => ({ ...shared, kind: predicateKind(found.type), ...found }));
  });
}

async function findListed(
  app: App,
  repositoryId: bigint,
  digest: Digest,
  manifest: Manifest | null,
): Promise<Evidence[]> {
  const listed = (manifest?.children ?? []).filter(isAttestationManifest).slice(0, MAX_ATTESTATIONS);
  if (listed.length === 0) return [];
  const stored = await findStored(
    app,
    repositoryId,
    listed.map((child) => child.digest),
  );
  return listed.flatMap((child) => {
    const row = stored.get(child.digest);
    const about = attestationSubject(child);
    const subject = about !== null && isDigest(about) ? about : digest;
    const shared = { foundBy: 'index', digest: child.digest, subject, tag: null } as const;
    const predicates = row ? readPredicates(row) : [];
    if (predicates.length === 0)
      return [{ ...shared, kind: 'attestation' as const, type: child.mediaType, document: null }];
    return predicates.map((found) => ({ ...shared, kind: predicateKind(found.type), ...found }));
  });
}

type Stored = { mediaType: string; payload: Uint8Array };

async function findStored(app: App, repositoryId: bigint, digests: string[]): Promise<Map<string, Stored>> {
  if (digests.length === 0) return new Map();
  const where = { repositoryId, digest: { in: digests }, ...OPENED };
  const rows = await app.db.manifest.findMany({ where, select: { digest: true, mediaType: true, payload: true } });
  return new Map(rows.map((row) => [row.digest, row]));
}

/** Reads predicate types from the annotations of a manifest's layers. */
function readPredicates({ payload, mediaType }: Stored): Pick<Evidence, 'type' | 'document'>[] {
  const layers = readManifest(payload, mediaType)?.layers ?? [];
  return layers.slice(0, MAX_ATTESTATIONS).flatMap(({ annotations }, i) => {
    const type = findPredicate(annotations);
    return type === null ? [] : [{ type, document: layers.length === 1 ? null : i + 1 }];
  });
}
