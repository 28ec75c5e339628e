import type { Db } from '#lib/platform/pg/db.ts';

type Named = { alias: string; name: string };

/** Returns which of these are deprecated, as `ALIAS/NAME`. Two look-ups by unique keys for each. */
export async function listDeprecated(app: { db: Db }, rows: readonly Named[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const [aliases, names] = [rows.map(({ alias }) => alias), rows.map(({ name }) => name)];
  const found = await app.db.$queryRaw<Named[]>`
    SELECT h.alias, h.name FROM unnest(${aliases}::text[], ${names}::text[]) AS h (alias, name)
      JOIN aliases a ON a.name = h.alias
      JOIN repositories r ON r.registry_id = a.registry_id AND r.name = h.name
     WHERE r.deprecated_at IS NOT NULL`;
  return new Set(found.map(({ alias, name }) => `${alias}/${name}`));
}
