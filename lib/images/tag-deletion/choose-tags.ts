import type { UserCaller } from '#lib/access/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/pg/db.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { requireTagDeletion } from './require-tag-deletion.ts';
import { countMatchingTags, listMatchingTags } from './choose-tags.sql.ts';
import { MAX_TAGS_AT_ONCE, tagNamesSchema, tagPatternSchema, type ChosenTag } from './schema.ts';

export type TagChoice = {
  /** What would be deleted, cut to what one request can delete. */
  tags: ChosenTag[];
  /** How many match in all. */
  total: number;
  /** Named tags that don't exist. */
  missing: string[];
};

export type ChooseTagsInput = { caller: UserCaller; fullName: string } & ({ pattern: string } | { names: string[] });

/**
 * Lists what a deletion by pattern or by name would delete, without deleting anything.
 * @throws AppError as `deleteTags`
 */
export async function chooseTags(app: { db: Db }, input: ChooseTagsInput): Promise<TagChoice> {
  const { caller, fullName } = input;
  const images = 'names' in input ? input.names.slice(0, MAX_TAGS_AT_ONCE).map((tag) => ({ tag })) : [];
  const { id: repositoryId } = await requireTagDeletion(app, { caller, fullName, images });
  if ('pattern' in input) {
    const asked = { repositoryId, pattern: parseField('pattern', tagPatternSchema, input.pattern) };
    const [tags, total] = await Promise.all([
      listMatchingTags(app.db, { ...asked, limit: MAX_TAGS_AT_ONCE }),
      countMatchingTags(app.db, asked),
    ]);
    return { tags, total, missing: [] };
  }
  const names = [...new Set(parseField('tags', tagNamesSchema, input.names))];
  const tags = await findTagDigests(app.db, { repositoryId, names });
  const found = new Set(tags.map(({ name }) => name));
  return { tags, total: tags.length, missing: names.filter((name) => !found.has(name)) };
}

export async function findTagDigests(
  db: DbOrTx,
  { repositoryId, names }: { repositoryId: bigint; names: string[] },
): Promise<ChosenTag[]> {
  const rows = await db.tag.findMany({
    where: { repositoryId, name: { in: names } },
    orderBy: [{ versionKey: 'asc' }, { name: 'asc' }],
    select: { name: true, manifest: { select: { digest: true } } },
  });
  return rows.map(({ name, manifest }) => ({ name, digest: manifest.digest }));
}
