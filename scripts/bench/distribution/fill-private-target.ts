import type { Peer } from './start-peers.ts';
import { withSiteApp } from './with-site-app.ts';
import { fillTarget, type Target } from './workloads.ts';

const POLICY_STATEMENTS = 50;

/**
 * Pushes the same images again, into private repositories that only a token for them can pull.
 * @param isUnderPolicy gives each repository a policy that tests the client's address and the time
 */
export async function fillPrivateTarget(peer: Peer, { isUnderPolicy = false } = {}): Promise<Target> {
  const name = isUnderPolicy ? 'policy' : 'private';
  const target = await fillTarget({ ...peer, prefix: `${peer.prefix}${name}/` }, { isPrivate: true });
  if (peer.dataDir === null) throw new Error('the site has no data folder');
  await withSiteApp(peer.dataDir, async ({ db }) => {
    const policy = isUnderPolicy ? JSON.stringify({ Version: '2012-10-17', Statement: listStatements() }) : null;
    const where = { name: { startsWith: `${name}/` } };
    await db.repository.updateMany({ where, data: { visibility: 'private', policy } });
  });
  return { ...target, name };
}

/** Nothing short of all of them decides a pull from this machine. */
function listStatements(): object[] {
  return Array.from({ length: POLICY_STATEMENTS }, (_, n) => ({
    Sid: `Network${n}`,
    Effect: n % 2 === 0 ? 'Deny' : 'Allow',
    Principal: '*',
    Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    Condition: {
      IpAddress: { 'aws:SourceIp': [`203.0.113.${n}/32`, `2001:db8:${n}::/48`] },
      DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
    },
  }));
}
