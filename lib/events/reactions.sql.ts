// Reactions that touch many rows, each as a single statement.
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';
import type { EventNotice } from './notices.ts';

/** Adds a job for each row of `relation`, whose payload is the number in `column`. Use it inside another statement. */
function addJobs(job: string, relation: string, { column, payload, isKeyed }: ManyJobs): string {
  const key = isKeyed ? `'${job}:' || ${column}` : 'NULL';
  return `graphile_worker.add_jobs(ARRAY(
    SELECT ('${job}', format('{"${payload}":"%s"}', ${column})::json, NULL, NULL, NULL, ${key}, NULL, NULL)::graphile_worker.job_spec
      FROM ${relation} ORDER BY ${column}))`;
}

type ManyJobs = { column: string; payload: string; isKeyed: boolean };

/** `relation` must have an `id` column with repository ids. */
function jobsPerRepository(job: string, relation: string): string {
  return addJobs(job, relation, { column: 'id', payload: 'repositoryId', isKeyed: true });
}

/** Returns the end of a statement that enqueues each of `jobs` for each repository in `relation`. */
export function enqueueEach(jobs: string[], relation: string): string {
  return `SELECT ${jobs.map((job) => `(SELECT count(*) FROM ${jobsPerRepository(job, relation)})`).join(', ')}`;
}

/** Enqueues a job for each repository of a registry. Bumps their versions too, because their pages show the change. */
export function registryJobsStatement(registryKey: bigint, job: string): SqlStatement {
  const text = `
    WITH found AS MATERIALIZED (
      SELECT id FROM repositories WHERE registry_id = $1::bigint ORDER BY id FOR NO KEY UPDATE
    ), bumped AS (
      UPDATE repositories r SET version = r.version + 1, updated_at = clock_timestamp() FROM found WHERE r.id = found.id
      RETURNING r.id
    )
    SELECT count(*)::int FROM ${jobsPerRepository(job, 'bumped')}`;
  return { name: `registry-${job}`, text, values: [String(registryKey)] };
}

export function notifyStatement(notices: EventNotice[], job: string): SqlStatement {
  const rows = notices.map(({ to, ...words }) => ({
    ...words,
    user_id: 'userId' in to ? to.userId : null,
    managers_of: 'managersOf' in to ? String(to.managersOf) : null,
  }));
  const text = `
    WITH notified AS (
      INSERT INTO notifications (user_id, title, body, href)
      SELECT coalesce(n.user_id, m.user_id), n.title, n.body, n.href
        FROM jsonb_to_recordset($1::jsonb) AS n (user_id uuid, managers_of bigint, title text, body text, href text)
        LEFT JOIN members m ON m.registry_id = n.managers_of AND m.role IN ('owner', 'maintainer')
        JOIN users u ON u.id = coalesce(n.user_id, m.user_id) AND u.kind = 'person'
      RETURNING id
    )
    SELECT count(*)::int FROM ${addJobs(job, 'notified', { column: 'id', payload: 'notificationId', isKeyed: false })}`;
  return { name: `notify-${job}`, text, values: [JSON.stringify(rows)] };
}
