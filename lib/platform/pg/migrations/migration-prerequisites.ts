// Checks the privileges and extensions that migrations need, before applying any.
import type pg from 'pg';
import { AppError } from '#lib/platform/errors.ts';
import { readRights, type Rights } from './migration-prerequisites.sql.ts';

const EXTENSION = 'pg_trgm';

/** @throws AppError `unavailable` with a message that says what to do */
export async function checkPrerequisites(client: pg.Client): Promise<void> {
  const facts = await readRights(client, EXTENSION);
  const problem = facts && findProblem(facts);
  if (problem) throw new AppError('unavailable', problem);
}

function findProblem(facts: Rights): string | null {
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
