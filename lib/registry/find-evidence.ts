// What is attached to a manifest, by every way that tools have of attaching it: referrers, cosign's tags, BuildKit's manifests in
// the index. Whether it is true is not looked at.
import type pg from 'pg';
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
import type { Db } from '#lib/platform/db.ts';
import { listReferrers } from './list-referrers.ts';

const MAX_SUBJECTS = 20;
const MAX_ATTESTATIONS = 50;

export type Evidence = {
  kind: EvidenceKind;
  foundBy: 'referrer' | 'tag' | 'index';
  /** Of the manifest that holds it, where the repository has it. */
  digest: string;
  /** What it says it is: a predicate, or else a media type. */
  type: string;
  /** Digest of what it is about. */
  subject: string;
  tag: string | null;
};

type App = { db: Db; pool: pg.Pool };
type Input = { repositoryId: bigint; digest: Digest; manifest: Manifest | null };

/** For a manifest, and of an index for the images in it too. Bounded: what is far beyond real images is left out. */
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
  const { referrers } = await listReferrers(app, { repositoryId, subject, artifactType: null, last: null });
  return referrers.map(({ digest, mediaType, artifactType, annotations }) => {
    const type = artifactType ?? mediaType;
    const kind = evidenceKind(type, annotations);
    return { kind, foundBy: 'referrer', digest, type: findPredicate(annotations) ?? type, subject, tag: null };
  });
}

async function findTagged(app: App, repositoryId: bigint, subjects: Digest[]): Promise<Evidence[]> {
  const wanted = new Map(
    subjects.flatMap((subject) => cosignTags(subject).map(({ tag, kind }) => [tag, { subject, kind }] as const)),
  );
  const rows = await app.db.tag.findMany({
    where: { repositoryId, name: { in: [...wanted.keys()] } },
    select: { name: true, manifest: { select: { digest: true, mediaType: true, payload: true } } },
  });
  return rows.flatMap(({ name, manifest: { digest, mediaType, payload } }) => {
    const about = wanted.get(name);
    if (!about) return [];
    const predicates = about.kind === 'attestation' ? readPredicates(payload, mediaType) : [];
    const shared = { foundBy: 'tag', digest, subject: about.subject, tag: name } as const;
    if (predicates.length === 0) return [{ ...shared, kind: about.kind, type: mediaType }];
    return predicates.map((type) => ({ ...shared, kind: predicateKind(type), type }));
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
  const rows = await app.db.manifest.findMany({
    where: { repositoryId, digest: { in: listed.map((child) => child.digest) } },
    select: { digest: true, mediaType: true, payload: true },
  });
  const rowByDigest = new Map(rows.map((row) => [row.digest, row]));
  return listed.flatMap((child) => {
    const row = rowByDigest.get(child.digest);
    const about = attestationSubject(child);
    const subject = about !== null && isDigest(about) ? about : digest;
    const shared = { foundBy: 'index', digest: child.digest, subject, tag: null } as const;
    const predicates = row ? readPredicates(row.payload, row.mediaType) : [];
    if (predicates.length === 0) return [{ ...shared, kind: 'attestation' as const, type: child.mediaType }];
    return predicates.map((type) => ({ ...shared, kind: predicateKind(type), type }));
  });
}

/** What the attestations in a manifest are about: each layer's annotation says it. */
function readPredicates(payload: Uint8Array, mediaType: string): string[] {
  const layers = readManifest(payload, mediaType)?.layers ?? [];
  const predicates = layers.slice(0, MAX_ATTESTATIONS).flatMap(({ annotations }) => findPredicate(annotations) ?? []);
  return [...new Set(predicates)];
}
