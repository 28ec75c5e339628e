import { describe, expect, test } from 'vitest';
import { ACTIONS, type Action } from './actions.ts';
import { resourceName, type NamedResource } from './resource-names.ts';
import { toContext } from './request-context.ts';
import { ANONYMOUS, NO_REQUEST, type UserPrincipal } from './schema.ts';

const ID = '210987654321';
const named: NamedResource = {
  region: 'eu-central-1',
  registryId: ID,
  fullName: 'acme/team/app',
  visibility: 'private',
  alias: 'acme',
  userId: 'u1',
};

describe('resourceName', () => {
  test.each<[Action, Partial<NamedResource>, string]>([
    ['ecr:PutImage', {}, `arn:aws:ecr:eu-central-1:${ID}:repository/team/app`],
    ['ecr:PutImage', { visibility: 'public' }, `arn:aws:ecr-public::${ID}:repository/team/app`],
    ['vitrine:RestoreDeletion', { fullName: undefined }, `arn:aws:ecr:eu-central-1:${ID}:repository/*`],
    ['ecr-public:PutRegistryCatalogData', {}, `arn:aws:ecr-public::${ID}:registry/${ID}`],
    ['vitrine:ManageMembers', {}, `arn:aws:vitrine:eu-central-1:${ID}:registry/${ID}`],
    ['vitrine:RequestAlias', {}, `arn:aws:vitrine:eu-central-1:${ID}:alias/acme`],
    ['vitrine:RequestAlias', { alias: undefined }, `arn:aws:vitrine:eu-central-1:${ID}:alias/*`],
    ['vitrine:ManageAccount', { registryId: null }, 'arn:aws:vitrine:eu-central-1::user/u1'],
    ['vitrine:ManageUsers', { registryId: null }, 'arn:aws:vitrine:eu-central-1::site'],
    ['sts:GetCallerIdentity', {}, '*'],
    // The owner is unknown, so only a policy for all resources allows it.
    ['ecr:PutImage', { registryId: null }, '*'],
  ])('names the resource of %s with %j', (action, changes, name) => {
    expect(resourceName(action, { ...named, ...changes })).toBe(name);
  });

  test('returns ARNs with six segments', () => {
    const names = (Object.keys(ACTIONS) as Action[])
      .filter((action) => ACTIONS[action].on !== 'none')
      .map((action) => resourceName(action, named));
    for (const name of names) expect(name.split(':')).toHaveLength(6);
  });
});

describe('toContext', () => {
  const user: UserPrincipal = {
    kind: 'user',
    userId: 'u1',
    email: 'u@example.org',
    displayName: 'U',
    siteRole: 'user',
    scopes: null,
    apiAccess: 'write',
  };
  const context = { ...NO_REQUEST, address: '::ffff:10.1.2.3', userAgent: 'docker/28' };

  test('includes the client and the principal', () => {
    expect(toContext({ principal: user, context, membership: { registryId: ID, role: 'pusher' } })).toMatchObject({
      'aws:sourceip': '10.1.2.3',
      'aws:useragent': 'docker/28',
      'aws:securetransport': 'false',
      'aws:principalarn': `arn:aws:iam::${ID}:user/u1`,
      'aws:principalaccount': ID,
      'vitrine:ismember': 'true',
    });
  });

  test('omits unknown values', () => {
    const keys = Object.keys(toContext({ principal: ANONYMOUS, context: NO_REQUEST }));
    for (const absent of ['aws:sourceip', 'aws:useragent', 'aws:principalarn', 'aws:userid', 'vitrine:visibility']) {
      expect(keys).not.toContain(absent);
    }
  });
});
