// Who pulled an image, and what a machine pulled, are found by index in a large log.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { PULL_ACTION } from './audit-queries.sql.ts';
import { readAudit, type AuditSearch } from './read-audit.ts';

const PULLS = 60_000;
const KEY = 'AKIAABCDEFGHIJKLMNOP';

let site: TestApp;
let owner: TestUser;
let registryKey: bigint;

beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  ({ registryKey } = await site.app.db.alias.findUniqueOrThrow({ where: { name: owner.alias } }));
  const userId = owner.caller.principal.userId;
  // One pull in a thousand is of the tag `rare`, from 198.51.100.7 and by the key.
  await site.app.pool.query(
    `INSERT INTO audit_pulls (at, last_at, count, registry_id, full_name, repository_name, tag, digest, actor_id,
       actor_label, is_member, credential, access_key_id, address, user_agent)
     SELECT now(), now(), 1, $1, $2 || '/app', 'app', CASE WHEN n % 1000 = 0 THEN 'rare' ELSE 'v' || n % 50 END,
            'sha256:' || n % 100, $3::uuid, $4, true, 'access_key', CASE WHEN n % 1000 = 0 THEN $5 END,
            CASE WHEN n % 1000 = 0 THEN '198.51.100.7' ELSE '203.0.113.' || n % 200 END, 'docker/27'
       FROM generate_series(1, $6::int) AS n`,
    [registryKey, owner.alias, userId, owner.email, KEY, PULLS],
  );
  await site.app.pool.query('ANALYZE audit_pulls');
});
afterAll(() => site.close());

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
};
const flatten = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flatten)];

/** Runs a page's query again, and returns the nodes of its plan. */
async function explain(filter: AuditSearch): Promise<Node[]> {
  const query = vi.spyOn(site.app.pool, 'query');
  const asked = { caller: owner.caller, registryKey, filter: { action: PULL_ACTION, ...filter } };
  const events = await readAudit(site.app, { ...asked, before: null, limit: 50 });
  const statements = query.mock.calls.map(([statement]) => statement as unknown as { text: string; values: unknown[] });
  query.mockRestore();
  expect(events).toHaveLength(50);
  const statement = statements.find(({ text }) => text.includes('audit_pulls'));
  const { rows } = await site.app.pool.query<{ 'QUERY PLAN': [{ Plan: Node }] }>({
    text: `EXPLAIN (ANALYZE, FORMAT JSON) ${statement?.text}`,
    values: statement?.values,
  });
  return flatten(rows[0]?.['QUERY PLAN'][0].Plan as Node);
}

test.each<[string, AuditSearch]>([
  ['who pulled an image', { repository: 'app' }],
  ['who pulled a tag', { repository: 'app', tag: 'rare' }],
  ['who pulled a digest', { repository: 'app', digest: 'sha256:7' }],
  ['what an address pulled', { address: '198.51.100.7' }],
  ['what a key pulled', { accessKeyId: KEY }],
])('%s', async (_what, filter) => {
  const nodes = await explain(filter);
  const scans = nodes.filter((node) => node['Relation Name'] === 'audit_pulls').map((node) => node['Node Type']);
  expect(scans).not.toEqual([]);
  expect(scans).not.toContain('Seq Scan');
  const read = nodes.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0));
  expect(Math.max(...read)).toBeLessThan(2_000);
});
