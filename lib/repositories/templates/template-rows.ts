import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { TagValues } from '#lib/access/tags/schema.ts';
import type { TemplatePurpose, TemplateSettings } from './schema.ts';

export type CreationTemplate = TemplateSettings & {
  /** Without a trailing slash. Empty for every name. */
  prefix: string;
  createdAt: Date;
  updatedAt: Date;
};

type Row = Omit<CreationTemplate, 'resourceTags'> & { resourceTags: unknown; registryKey: bigint };

export function toTemplate({ registryKey: _key, resourceTags, ...row }: Row): CreationTemplate {
  // The database keeps them in an order of its own.
  const tags = Object.entries(resourceTags as TagValues).sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...row, resourceTags: tags.map(([key, value]) => ({ key, value })) };
}

/** The columns of a template's settings. */
export function templateColumns({ resourceTags, ...settings }: TemplateSettings) {
  return { ...settings, resourceTags: Object.fromEntries(resourceTags.map(({ key, value }) => [key, value])) };
}

/** Finds a registry's template by its prefix. Callers authorize. */
export async function findTemplate(
  app: { db: DbOrTx },
  { registryKey, prefix }: { registryKey: bigint; prefix: string },
): Promise<CreationTemplate | null> {
  const where = { registryKey_prefix: { registryKey, prefix } };
  const row = await app.db.creationTemplate.findUnique({ where });
  return row && toTemplate(row);
}

/** Finds the template with the longest prefix of a repository's name. A prefix covers the names below it. */
export async function matchTemplate(
  app: { db: DbOrTx },
  { registryKey, name, purpose }: { registryKey: bigint; name: string; purpose: TemplatePurpose },
): Promise<CreationTemplate | null> {
  const parts = name.split('/');
  const prefixes = parts.map((_part, at) => parts.slice(0, at).join('/'));
  const rows = await app.db.creationTemplate.findMany({
    where: { registryKey, prefix: { in: prefixes }, appliedFor: { has: purpose } },
  });
  const longest = rows.reduce<Row | null>(
    (best, row) => (best && best.prefix.length > row.prefix.length ? best : row),
    null,
  );
  return longest && toTemplate(longest);
}

/** Lists a registry's templates by prefix. There are few (schema.ts). Callers authorize. */
export async function listTemplates(
  app: { db: DbOrTx },
  { registryKey }: { registryKey: bigint },
): Promise<CreationTemplate[]> {
  const rows = await app.db.creationTemplate.findMany({ where: { registryKey } });
  return rows.map(toTemplate).sort((one, other) => (one.prefix < other.prefix ? -1 : 1));
}
