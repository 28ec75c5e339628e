// Gives the demo's rows the dates of its calendar. Use cases write the present time.
import type pg from 'pg';

export type DatedManifest = { repositoryId: bigint; digest: string; at: Date };
export type DatedRepository = { repositoryId: bigint; fullName: string; createdAt: Date; pullCount: number };
export type DatedRegistry = { registryKey: bigint; userId: string; joinedAt: Date };

export async function backdateManifests(client: pg.ClientBase, manifests: DatedManifest[]): Promise<void> {
  const values = [
    manifests.map(({ repositoryId }) => repositoryId),
    manifests.map(({ digest }) => digest),
    manifests.map(({ at }) => at),
  ];
  const given = `unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS g (repository_id, digest, at)`;
  // Jobs that the pushes caused lock a repository before its manifests, too.
  const repositoryIds = [...new Set(manifests.map(({ repositoryId }) => repositoryId))];
  const lock = 'SELECT id FROM repositories WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE';
  await client.query(lock, [repositoryIds]);
  await client.query(
    `UPDATE manifests m SET pushed_at = g.at FROM ${given} WHERE m.repository_id = g.repository_id AND m.digest = g.digest`,
    values,
  );
  await client.query(
    `UPDATE tag_events e SET at = g.at FROM ${given} WHERE e.repository_id = g.repository_id AND e.to_digest = g.digest`,
    values,
  );
  await client.query(
    `UPDATE tags t SET created_at = e.first, pushed_at = e.last
       FROM (SELECT repository_id, tag, min(at) AS first, max(at) AS last FROM tag_events
              WHERE repository_id = ANY ($1::bigint[]) GROUP BY 1, 2) e
      WHERE t.repository_id = e.repository_id AND t.name = e.tag`,
    [repositoryIds],
  );
}

export async function backdateRepositories(client: pg.ClientBase, repositories: DatedRepository[]): Promise<void> {
  await client.query(
    `UPDATE repositories r
        SET created_at = g.created_at, pull_count = g.pull_count, version = r.version + 1,
            last_pushed_at = (SELECT max(pushed_at) FROM manifests m WHERE m.repository_id = r.id),
            updated_at = coalesce((SELECT max(pushed_at) FROM manifests m WHERE m.repository_id = r.id), g.created_at)
       FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[]) AS g (id, created_at, pull_count) WHERE r.id = g.id`,
    [
      repositories.map(({ repositoryId }) => repositoryId),
      repositories.map(({ createdAt }) => createdAt),
      repositories.map(({ pullCount }) => pullCount),
    ],
  );
}

export async function backdateRegistries(client: pg.ClientBase, registries: DatedRegistry[]): Promise<void> {
  const values = [
    registries.map(({ registryKey }) => registryKey),
    registries.map(({ userId }) => userId),
    registries.map(({ joinedAt }) => joinedAt),
  ];
  const given = `unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) AS g (key, user_id, at)`;
  await client.query(`UPDATE users SET created_at = g.at FROM ${given} WHERE id = g.user_id`, values);
  await client.query(
    `UPDATE registries SET created_at = g.at, verified_at = CASE WHEN verified_at IS NOT NULL THEN g.at END
       FROM ${given} WHERE id = g.key`,
    values,
  );
  await client.query(`UPDATE aliases SET created_at = g.at FROM ${given} WHERE registry_id = g.key`, values);
  await client.query(
    `UPDATE members SET created_at = g.at FROM ${given} WHERE registry_id = g.key AND members.user_id = g.user_id`,
    values,
  );
}

/** Dates each audit row like the row that it is about. */
export async function backdateAudit(
  client: pg.ClientBase,
  { registries, repositories }: { registries: DatedRegistry[]; repositories: DatedRepository[] },
): Promise<void> {
  await client.query(
    `UPDATE audit_events a SET at = r.created_at FROM registries r
      WHERE a.registry_id = r.id AND r.id = ANY ($1::bigint[])`,
    [registries.map(({ registryKey }) => registryKey)],
  );
  await client.query(
    `WITH named AS (SELECT * FROM unnest($1::bigint[], $2::text[]) AS n (repository_id, full_name)),
     dated AS (
       SELECT n.full_name AS target, NULL AS digest, r.created_at AS at FROM named n JOIN repositories r ON r.id = n.repository_id
       UNION ALL
       SELECT n.full_name || '@' || m.digest, NULL, m.pushed_at FROM named n JOIN manifests m USING (repository_id)
       UNION ALL
       SELECT n.full_name || ':' || e.tag, e.to_digest, e.at FROM named n JOIN tag_events e USING (repository_id)
     )
     UPDATE audit_events a SET at = d.at FROM dated d
      WHERE a.target = d.target AND (d.digest IS NULL OR a.after ->> 'digest' = d.digest)`,
    [repositories.map(({ repositoryId }) => repositoryId), repositories.map(({ fullName }) => fullName)],
  );
}

export type DemoPulls = { repositoryId: bigint; day: string; tag: string; count: number };

export async function insertDemoPulls(client: pg.ClientBase, rows: DemoPulls[]): Promise<void> {
  await client.query(
    `WITH added AS (
       INSERT INTO pull_counts (repository_id, day, tag, count)
       SELECT * FROM unnest($1::bigint[], $2::date[], $3::text[], $4::bigint[]) ON CONFLICT DO NOTHING
       RETURNING repository_id, day, count
     )
     INSERT INTO registry_pulls AS s (registry_id, day, count)
     SELECT r.registry_id, a.day, sum(a.count) FROM added a JOIN repositories r ON r.id = a.repository_id
      WHERE r.visibility = 'public' GROUP BY 1, 2
     ON CONFLICT (registry_id, day) DO UPDATE SET count = s.count + excluded.count`,
    [
      rows.map(({ repositoryId }) => repositoryId),
      rows.map(({ day }) => day),
      rows.map(({ tag }) => tag),
      rows.map(({ count }) => count),
    ],
  );
}

/** An older release was pulled until people had moved on. */
const PULLED_DAYS = 40;

/** Dates the last pulls of images and repositories: by the counted pulls of their tags, else a while after the push. */
export async function dateDemoPulls(
  client: pg.ClientBase,
  { repositoryIds, now }: { repositoryIds: bigint[]; now: Date },
): Promise<void> {
  await client.query(
    `WITH pulled AS (
       SELECT t.manifest_id AS id, max(p.day) AS day
         FROM pull_counts p JOIN tags t ON t.repository_id = p.repository_id AND t.name = p.tag
        WHERE p.repository_id = ANY ($1::bigint[]) GROUP BY 1
     ), dated AS (
       SELECT m.id, coalesce((p.day + interval '23 hours') AT TIME ZONE 'UTC',
                             m.pushed_at + interval '${PULLED_DAYS} days') AS at
         FROM manifests m LEFT JOIN pulled p USING (id)
        WHERE m.repository_id = ANY ($1::bigint[]) AND m.attached_as IS NULL
          AND EXISTS (SELECT FROM pull_counts c WHERE c.repository_id = m.repository_id)
     )
     UPDATE manifests m SET last_pulled_at = greatest(m.pushed_at, least(d.at, $2::timestamptz - (m.id % 50) * interval '1 minute'))
       FROM dated d WHERE m.id = d.id`,
    [repositoryIds, now],
  );
  // Whoever pulls an index pulls one of its images.
  await client.query(
    `UPDATE manifests m SET last_pulled_at = i.at
       FROM (SELECT p.repository_id, c.digest, max(p.last_pulled_at) AS at
               FROM manifests p JOIN manifest_children c ON c.parent_id = p.id
              WHERE p.repository_id = ANY ($1::bigint[]) GROUP BY 1, 2) i
      WHERE m.repository_id = i.repository_id AND m.digest = i.digest AND m.attached_as IS NULL`,
    [repositoryIds],
  );
  await client.query(
    `UPDATE repositories r SET last_pulled_at = (SELECT max(last_pulled_at) FROM manifests m WHERE m.repository_id = r.id)
      WHERE id = ANY ($1::bigint[])`,
    [repositoryIds],
  );
}
