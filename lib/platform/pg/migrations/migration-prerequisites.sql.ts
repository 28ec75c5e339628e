import type pg from 'pg';

/** Of the user that is connected. */
export type Rights = {
  user: string;
  database: string;
  schema: string | null;
  hasExtension: boolean;
  isExtensionAvailable: boolean;
  canCreateSchemas: boolean;
  canCreateTables: boolean;
};

const READ_FACTS = `
  SELECT current_user AS user, current_database() AS database, current_schema() AS schema,
         EXISTS (SELECT FROM pg_extension WHERE extname = $1) AS "hasExtension",
         EXISTS (SELECT FROM pg_available_extensions WHERE name = $1) AS "isExtensionAvailable",
         has_database_privilege(current_database(), 'CREATE') AS "canCreateSchemas",
         coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "canCreateTables"`;

export async function readRights(client: pg.ClientBase, extension: string): Promise<Rights | null> {
  return (await client.query<Rights>(READ_FACTS, [extension])).rows[0] ?? null;
}
