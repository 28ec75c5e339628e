import type pg from 'pg';
import type { Digest } from '#lib/oci/digest.ts';

/** Which translation of a manifest. `tag` is empty unless the document names it. */
export type TranslationKey = {
  repositoryId: bigint;
  sourceDigest: string;
  mediaType: string;
  tag: string;
};

/** `digest` is that of the signed part of a schema 1 document, and otherwise that of the bytes. */
export type Translation = { sourceDigest: string; digest: Digest; mediaType: string; payload: Buffer };

const COLUMNS = 'source_digest AS "sourceDigest", digest, media_type AS "mediaType", payload';

export async function findTranslation(pool: pg.Pool, key: TranslationKey): Promise<Translation | null> {
  const { rows } = await pool.query<Translation>({
    name: 'find-translation',
    text: `SELECT ${COLUMNS} FROM translated_manifests
            WHERE repository_id = $1 AND source_digest = $2 AND media_type = $3 AND tag = $4`,
    values: toValues(key),
  });
  return rows[0] ?? null;
}

/** Clients that resolve a tag fetch the digest that they were told. Of an archived manifest, there is none. */
export async function findTranslationByDigest(
  pool: pg.Pool,
  { repositoryId, digest }: { repositoryId: bigint; digest: Digest },
): Promise<Translation | null> {
  const { rows } = await pool.query<Translation>({
    name: 'find-translation-by-digest',
    text: `SELECT ${COLUMNS} FROM translated_manifests t WHERE repository_id = $1 AND digest = $2
              AND NOT EXISTS (SELECT FROM manifests m
                               WHERE m.repository_id = $1 AND m.digest = t.source_digest AND m.is_archived) LIMIT 1`,
    values: [repositoryId, digest],
  });
  return rows[0] ?? null;
}

/** Keeps the first of two translations, whose signatures differ. Null: the source is gone. */
export async function keepTranslation(
  pool: pg.Pool,
  key: TranslationKey,
  { digest, payload }: Pick<Translation, 'digest' | 'payload'>,
): Promise<Translation | null> {
  await pool.query({
    name: 'keep-translation',
    text: `INSERT INTO translated_manifests (repository_id, source_digest, media_type, tag, digest, payload)
           SELECT $1, m.digest, $3, $4, $5, $6 FROM manifests m WHERE m.repository_id = $1 AND m.digest = $2
           ON CONFLICT DO NOTHING`,
    values: [...toValues(key), digest, payload],
  });
  return findTranslation(pool, key);
}

function toValues({ repositoryId, sourceDigest, mediaType, tag }: TranslationKey): unknown[] {
  return [repositoryId, sourceDigest, mediaType, tag];
}
