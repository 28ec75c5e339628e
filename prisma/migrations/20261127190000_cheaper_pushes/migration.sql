-- How versions are ordered is as before, in a language whose plans are kept: as an SQL function it was planned anew for each tag.
CREATE OR REPLACE FUNCTION tag_version_key(tag text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN (
    WITH tokens AS (
      SELECT position, match[1] AS token, match[1] ~ '[0-9]' AS is_number,
             ltrim(match[1], '.0') AS digits,
             lag(match[1] ~ '[0-9]') OVER (ORDER BY position) AS is_after_number,
             bool_or(match[1] ~ '[0-9]') OVER (ORDER BY position) AS is_of_version,
             lead(match[1] ~ '^[0-9]') OVER (ORDER BY position) AS is_counted
        FROM regexp_matches(regexp_replace(lower(tag COLLATE "C"), '^v(?=[0-9])', ''), '[.]?[0-9]+|[a-z]+', 'g')
             WITH ORDINALITY AS tokens (match, position)
    )
    SELECT coalesce(string_agg(CASE
      WHEN is_number THEN
        CASE WHEN is_after_number AND token LIKE '.%' THEN '4' ELSE '3' END || lpad(to_hex(length(digits)), 2, '0') || digits
      WHEN NOT is_of_version THEN '2' || token
      WHEN token IN ('dev', 'snapshot', 'nightly', 'canary') THEN '00'
      WHEN token = 'alpha' OR token = 'a' AND is_counted THEN '01'
      WHEN token = 'beta' OR token = 'b' AND is_counted THEN '02'
      WHEN token IN ('milestone', 'pre', 'preview', 'ea') OR token = 'm' AND is_counted THEN '03'
      WHEN token IN ('rc', 'cr') THEN '04'
      ELSE '2' || token
    END, '' ORDER BY position), '') || '1' FROM tokens
  );
END
$$;

-- The first few open uploads of somebody, in the order of an index: of those that have ended it looks at none twice.
-- DropIndex
DROP INDEX "uploads_repository_id_idx";

-- DropIndex
DROP INDEX "uploads_user_id_idx";

-- CreateIndex
CREATE INDEX "uploads_repository_id_expires_at_idx" ON "uploads"("repository_id", "expires_at");

-- CreateIndex
CREATE INDEX "uploads_user_id_expires_at_idx" ON "uploads"("user_id", "expires_at");

-- Only what has a subject, which little has: the other manifests are not found by it. While a table is small, any index that begins with
-- the repository looks as good as the one by digest, and a plan that was made then goes through all manifests of the repository.
DROP INDEX "manifests_repository_id_subject_digest_idx";
CREATE INDEX "manifests_repository_id_subject_digest_idx" ON "manifests"("repository_id", "subject_digest") WHERE "subject_digest" IS NOT NULL;
