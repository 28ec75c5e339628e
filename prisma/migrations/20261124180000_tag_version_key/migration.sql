-- What tags are ordered by, byte for byte, to stand as versions do: 1.9, 1.10-rc1, 1.10, 1.10-alpine, 1.10.1, and before all
-- versions the names that do not begin with a number. A `v` before a number is nothing. Of a number there is its length, then
-- its digits. Each token begins with what it is worth:
--   0  after a number, a word for what is not released yet, and how far it is
--   1  the end
--   2  another word
--   3  a number
--   4  a number that a dot joins to the one before
CREATE FUNCTION tag_version_key(tag text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH tokens AS (
    SELECT position, found[1] AS token, found[1] ~ '[0-9]' AS is_number,
           ltrim(found[1], '.0') AS digits,
           lag(found[1] ~ '[0-9]') OVER (ORDER BY position) AS is_after_number,
           bool_or(found[1] ~ '[0-9]') OVER (ORDER BY position) AS is_of_version,
           lead(found[1] ~ '^[0-9]') OVER (ORDER BY position) AS is_counted
      FROM regexp_matches(regexp_replace(lower(tag COLLATE "C"), '^v(?=[0-9])', ''), '[.]?[0-9]+|[a-z]+', 'g')
           WITH ORDINALITY AS tokens (found, position)
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
$$;

-- AlterTable
ALTER TABLE "tags" ADD COLUMN     "version_key" TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (tag_version_key("name")) STORED;

-- CreateIndex
CREATE INDEX "tags_repository_id_version_key_name_idx" ON "tags"("repository_id", "version_key", "name");
