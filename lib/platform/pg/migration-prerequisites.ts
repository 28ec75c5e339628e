// Checks the privileges and extensions that migrations need, before applying any.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';

const EXTENSION = 'pg_trgm';

type Facts = {
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

/** @throws AppError `unavailable` with a message that says what to do */
export async function checkPrerequisites(client: pg.Client): Promise<void> {
  const { rows } = await client.query<Facts>(READ_FACTS, [EXTENSION]);
  const problem = rows[0] && findProblem(rows[0]);
  if (problem) throw new AppError('unavailable', problem);
}

function findProblem(facts: Facts): string | null {
  const { user, database, schema } = facts;
  if (!facts.hasExtension && !facts.isExtensionAvailable) {
    return `The database server lacks the extension ${EXTENSION}. Install PostgreSQL's contrib package on it.`;
  }
  if (schema === null) {
    return `The user ${user} has no schema to create tables in. Create the schema public or set the user's search_path.`;
  }
  if (facts.canCreateSchemas && facts.canCreateTables) return null;
  const rights = [
    ...(facts.canCreateSchemas ? [] : [`GRANT CREATE ON DATABASE "${database}" TO "${user}"`]),
    ...(facts.canCreateTables ? [] : [`GRANT CREATE ON SCHEMA "${schema}" TO "${user}"`]),
  ];
  return `The user ${user} isn't allowed to migrate this database. Run \`npm run vitrine -- migrate\` with a user who is, or ${rights.join(' and ')}.`;
}
