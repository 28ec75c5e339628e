// Every action for eleven kinds of callers.
import { describe, expect, test } from 'vitest';
import { ACTIONS, type Action } from './actions.ts';
import { PUSH_STEPS, REGISTRY_READS, REGISTRY_SETTINGS, REPOSITORY_CHANGES, REPOSITORY_READS } from './aws-actions.ts';
import type { AccessFacts, AccessQuestion } from './access-question.ts';
import { decide, isAllowed, requireAllowed } from './authorize.ts';
import {
  ANONYMOUS,
  NO_REQUEST,
  SYSTEM,
  type Principal,
  type RegistryRole,
  type SiteRole,
  type TokenScope,
} from './schema.ts';

type Token = { scopes: TokenScope[]; apiAccess: 'none' | 'read' | 'write' };

function user(siteRole: SiteRole = 'user', token: Token | null = null): Principal {
  const who = { kind: 'user', userId: 'u', email: 'u@example.org', displayName: 'U', siteRole } as const;
  return { ...who, scopes: token?.scopes ?? null, apiAccess: token?.apiAccess ?? 'write' };
}
const scope = (repository: string, ...actions: TokenScope['actions']): TokenScope[] => [{ repository, actions }];
const token = (scopes: TokenScope[], apiAccess: Token['apiAccess'] = 'none') => user('user', { scopes, apiAccess });

function ask(
  principal: Principal,
  action: Action,
  role: RegistryRole | null = null,
  facts: AccessFacts = {},
): AccessQuestion {
  return { principal, context: NO_REQUEST, action, membership: { registryId: '210987654321', role }, facts };
}

/** In the column order of the matrix below. */
const CALLERS: [Principal, RegistryRole | null][] = [
  [ANONYMOUS, null],
  [user(), null],
  [user(), 'reader'],
  [user(), 'pusher'],
  [user(), 'maintainer'],
  [user(), 'owner'],
  [user('reviewer'), null],
  [user('admin'), null],
  [user('admin'), 'reader'],
  [token(scope('acme/*', 'push'), 'read'), 'owner'],
  [token([], 'write'), 'owner'],
];

const PRIVATE: AccessFacts = {
  fullName: 'acme/app',
  visibility: 'private',
  hasImage: true,
  isQuarantined: false,
  isDeletedByAdmin: false,
  isSubmitted: true,
};

function each<const Name extends Action>(names: readonly Name[], answers: string): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, answers])) as Record<Name, string>;
}

//                                          anonymous  non-member  reader  pusher  maintainer  owner
//                                          reviewer  admin  admin and reader  owner's push token  owner's API token
// prettier-ignore
const MATRIX: Record<Action, string> = {
  ...each(REPOSITORY_READS,               '- - Y Y Y Y   - - Y Y -'),
  ...each(PUSH_STEPS,                     '- - - Y Y Y   - - - Y -'),
  ...each(REPOSITORY_CHANGES,             '- - - - Y Y   - - - - Y'),
  ...each(REGISTRY_SETTINGS,              '- - - - Y Y   - - - - Y'),
  ...each(REGISTRY_READS,                 '- - Y Y Y Y   - - Y Y Y'),
  'ecr-public:CreateRepository':         '- - - - Y Y   - - - Y -',
  'ecr-public:BatchDeleteImage':         '- - - - Y Y   - - - - -',
  'ecr:BatchGetImage':                   '- - Y Y Y Y   - - Y Y -',
  'ecr:PutImage':                        '- - - Y Y Y   - - - Y -',
  'ecr:BatchDeleteImage':                '- - - - Y Y   - - - - -',
  'ecr:CreateRepository':                '- - - - Y Y   - - - Y -',
  'ecr:BatchImportUpstreamImage':        '- - Y Y Y Y   - - Y Y -',
  'ecr:DeleteRepository':                '- - - - Y Y   - - - - Y',
  'ecr:PutLifecyclePolicy':              '- - - - Y Y   - - - - Y',
  'ecr-public:PutRepositoryCatalogData': '- - - - Y Y   - - - - Y',
  'vitrine:RenameRepository':            '- - - - Y Y   - - - - Y',
  'vitrine:TransferRepository':          '- - - - - Y   - - - - Y',
  'vitrine:ViewRepository':              '- - Y Y Y Y   - - Y Y Y',
  'vitrine:ExplainAccess':              '- - - - Y Y   - - - Y Y',
  'vitrine:RestoreDeletion':             '- - - - Y Y   - Y Y - Y',
  'ecr-public:PutRegistryCatalogData':   '- - - - Y Y   - Y Y - Y',
  'vitrine:ViewRegistry':                '- - Y Y Y Y   - - Y Y Y',
  'vitrine:CreateAccessKey':             '- - Y Y Y Y   - - Y - Y',
  'vitrine:ManageAccessKeys':            '- - - - - Y   - - - - Y',
  'vitrine:ManageMembers':               '- - - - Y Y   - - - - Y',
  'vitrine:ManageRobots':                '- - - - Y Y   - - - - Y',
  'vitrine:ManageRoles':                 '- - - - Y Y   - - - - Y',
  'vitrine:ManageTeams':                 '- - - - - Y   - - - - Y',
  'vitrine:ManagePolicies':              '- - - - - Y   - - - - Y',
  'vitrine:ListInvitations':             '- - - - Y Y   - - - Y Y',
  'vitrine:ListDeletions':               '- - - - Y Y   - - - Y Y',
  'vitrine:ManageMirrors':               '- - - - Y Y   - - - - Y',
  'vitrine:ListWebhooks':                '- - - - Y Y   - - - Y Y',
  'vitrine:ManageWebhooks':              '- - - - Y Y   - - - - Y',
  'vitrine:ManageAliases':               '- - - - Y Y   - - - - Y',
  'vitrine:ProveDomain':                 '- - - - Y Y   - - - - Y',
  'vitrine:RequestAlias':                '- - - - Y Y   - - - - Y',
  'vitrine:ViewAliasRequest':            '- - - Y Y Y   Y Y Y Y Y',
  'vitrine:ReviewAlias':                 '- - - - - -   Y Y - - -',
  'vitrine:ReadReviewNotes':             '- - - - - -   Y Y - - -',
  'vitrine:SuspendAlias':                '- - - - - -   - Y - - -',
  'vitrine:ReadAudit':                   '- - - Y Y Y   - Y Y Y Y',
  'vitrine:ReadClientAddresses':         '- - - - Y Y   - Y Y Y Y',
  'vitrine:ListReviewQueue':             '- - - - - -   Y Y Y - -',
  'vitrine:ReviewNames':                 '- - - - - -   Y Y - - -',
  'vitrine:ManageSavedReplies':          '- - - - - -   Y Y Y - -',
  'vitrine:ManageReservedNames':         '- - - - - -   - Y Y - -',
  'vitrine:AdministerAliases':           '- - - - - -   - Y Y - -',
  'vitrine:VerifyPublisher':             '- - - - - -   - Y Y - -',
  'vitrine:ModerateRepository':          '- - - - - -   - Y Y - -',
  'vitrine:HandleReports':               '- - - - - -   - Y Y - -',
  'vitrine:SetRegistryQuota':            '- - - - - -   - Y Y - -',
  'vitrine:ManageMirrorRoutes':          '- - - - - -   - Y Y - -',
  'vitrine:UpdateSite':                  '- - - - - -   - Y Y - -',
  'vitrine:ManageUsers':                 '- - - - - -   - Y Y - -',
  'vitrine:MapGroups':                   '- - - - - -   - Y Y - -',
  'vitrine:ListSite':                    '- - - - - -   - Y Y - -',
  'vitrine:ReadSite':                    '- - - - - -   - Y Y - -',
  'vitrine:ReadAccount':                 '- Y Y Y Y Y   Y Y Y Y Y',
  'vitrine:ManageAccount':               '- Y Y Y Y Y   Y Y Y - Y',
  'vitrine:CreateRegistry':              '- Y Y Y Y Y   Y Y Y - Y',
  'vitrine:Star':                        '- Y Y Y Y Y   Y Y Y - Y',
  'vitrine:Follow':                      '- Y Y Y Y Y   Y Y Y - Y',
  'vitrine:ChangeSignIn':                '- Y Y Y Y Y   Y Y Y - -',
  'sts:AssumeRole':                      '- - - - Y Y   - - - Y Y',
  'sts:AssumeRoleWithWebIdentity':       '- - - - - -   - - - - -',
  'sts:GetCallerIdentity':               '- Y Y Y Y Y   Y Y Y Y Y',
  'vitrine:ManageAccessTokens':          '- Y Y Y Y Y   Y Y Y - -',
};

test.each(Object.keys(ACTIONS) as Action[])('%s in a registry with a private repository', (action) => {
  const allowed = CALLERS.map(([principal, role]) => isAllowed(ask(principal, action, role, PRIVATE)));
  expect(allowed.map((is) => (is ? 'Y' : '-')).join(' ')).toBe(MATRIX[action].replace(/ +/g, ' '));
});

describe('an access key', () => {
  const keyOf = (registryId: string, siteRole: SiteRole = 'user') =>
    ({ ...user(siteRole), accessKey: { id: 'AKIA', registryId, role: 'owner' } }) as Principal;
  const may = (principal: Principal, action: Action, role: RegistryRole | null) =>
    isAllowed(ask(principal, action, role, PRIVATE));

  test.each(['reader', 'pusher', 'maintainer', 'owner'] as const)('does in its registry what a %s may', (role) => {
    const own = (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].needs !== 'session');
    const mayAsUser = own.filter((action) => may(user(), action, role));
    expect(own.filter((action) => may(keyOf('210987654321'), action, role))).toEqual(mayAsUser);
    expect(may(keyOf('210987654321'), 'vitrine:ManageAccessTokens', role)).toBe(false);
  });

  test('does nothing in another registry, even if its member is an owner there', () => {
    const allowed = (Object.keys(ACTIONS) as Action[]).filter((action) => may(keyOf('999999999999'), action, 'owner'));
    expect(allowed).toEqual([]);
  });

  test('pulls public images of every registry', () => {
    const facts: AccessFacts = { ...PRIVATE, visibility: 'public' };
    expect(isAllowed(ask(keyOf('999999999999'), 'ecr:BatchGetImage', null, facts))).toBe(true);
  });
});

describe('a robot', () => {
  const robotOf = (registryId: string) => ({ ...user(), robot: { registryId, name: 'ci' } }) as Principal;
  const PEOPLE_ONLY: Action[] = [
    ...(['vitrine:CreateAccessKey', 'vitrine:ManageAccessKeys', 'vitrine:ManageMembers'] as const),
    ...([
      'vitrine:ManageRobots',
      'vitrine:ManageRoles',
      'vitrine:ManageTeams',
      'vitrine:RequestAlias',
      'vitrine:ReadAccount',
      'vitrine:ManageAccount',
    ] as const),
    ...(['vitrine:CreateRegistry', 'vitrine:Star', 'vitrine:Follow', 'vitrine:ChangeSignIn'] as const),
    'vitrine:ManageAccessTokens',
  ];
  const listAllowed = (principal: Principal, role: RegistryRole | null) =>
    (Object.keys(ACTIONS) as Action[]).filter((action) => isAllowed(ask(principal, action, role, PRIVATE)));

  test.each(['reader', 'pusher', 'maintainer'] as const)('does what a %s may, except what is for people', (role) => {
    const wanted = listAllowed(user(), role).filter((action) => !PEOPLE_ONLY.includes(action));
    expect(listAllowed(robotOf('210987654321'), role)).toEqual(wanted);
  });

  test('only identifies itself outside its registry, even where it somehow has a role', () => {
    expect(listAllowed(robotOf('210987654321'), null)).toEqual(['sts:GetCallerIdentity']);
    expect(listAllowed(robotOf('999999999999'), 'maintainer')).toEqual([]);
  });

  test('pulls public images of every registry', () => {
    const facts: AccessFacts = { ...PRIVATE, visibility: 'public' };
    expect(isAllowed(ask(robotOf('999999999999'), 'ecr:BatchGetImage', null, facts))).toBe(true);
  });

  test('is told that something is for people', () => {
    const asked = ask(robotOf('210987654321'), 'vitrine:Star', 'maintainer');
    expect(() => requireAllowed(asked)).toThrow('Robots and roles can’t do this.');
  });
});

test('the system principal may do everything', () => {
  const may = (Object.keys(ACTIONS) as Action[]).map((action) => isAllowed(ask(SYSTEM, action)));
  expect(may).not.toContain(false);
});

describe('a public repository', () => {
  const PUBLIC: AccessFacts = { ...PRIVATE, visibility: 'public' };
  const may = (principal: Principal, action: Action, facts: AccessFacts = PUBLIC, role: RegistryRole | null = null) =>
    isAllowed(ask(principal, action, role, facts));

  test('can be pulled with any credential but pushed to only by members', () => {
    for (const who of [ANONYMOUS, user(), token(scope('other/*', 'push'))]) {
      expect([may(who, 'ecr:BatchGetImage'), may(who, 'ecr:PutImage')]).toEqual([true, false]);
    }
  });
  test('is visible once it has an image; in quarantine only to members and admins', () => {
    const quarantined = { ...PUBLIC, isQuarantined: true };
    const empty = { ...PUBLIC, hasImage: false };
    expect(may(ANONYMOUS, 'vitrine:ViewRepository')).toBe(true);
    for (const hidden of [quarantined, empty]) {
      expect(may(ANONYMOUS, 'vitrine:ViewRepository', hidden)).toBe(false);
      expect(may(user(), 'vitrine:ViewRepository', hidden, 'reader')).toBe(true);
      expect(may(token(scope('*', 'pull')), 'vitrine:ViewRepository', hidden, 'owner')).toBe(false);
    }
    expect(may(user('admin'), 'vitrine:ViewRepository', quarantined)).toBe(true);
    expect(may(user('admin'), 'vitrine:ViewRepository', empty)).toBe(false);
  });
});

describe('token scopes', () => {
  const may = (principal: Principal, action: Action, role: RegistryRole | null) =>
    isAllowed(ask(principal, action, role, PRIVATE));
  test('match by name and never extend the user’s permissions', () => {
    expect(may(token(scope('acme/*', 'push')), 'ecr:BatchGetImage', 'owner')).toBe(true);
    expect(may(token(scope('acme/*', 'pull')), 'ecr:PutImage', 'owner')).toBe(false);
    expect(may(token(scope('other/*', 'push')), 'ecr:BatchGetImage', 'owner')).toBe(false);
    expect(may(token(scope('acme/*', 'push')), 'ecr:PutImage', 'reader')).toBe(false);
    expect(may(token(scope('acme/*', 'push')), 'ecr:CreateRepository', 'maintainer')).toBe(true);
    expect(may(token(scope('acme/other', 'push')), 'ecr:CreateRepository', 'owner')).toBe(false);
  });
});

test('the role none allows no more than a stranger may', () => {
  for (const facts of [PRIVATE, { ...PRIVATE, visibility: 'public' as const }]) {
    const listAllowed = (role: RegistryRole | null) =>
      (Object.keys(ACTIONS) as Action[]).filter((action) => isAllowed(ask(user(), action, role, facts)));
    expect(listAllowed('none')).toEqual(listAllowed(null));
  }
});

test('only owners grant and revoke the owner role', () => {
  const may = (role: RegistryRole, fromRole: RegistryRole | null, toRole: RegistryRole | null) =>
    isAllowed(ask(user(), 'vitrine:ManageMembers', role, { fromRole, toRole }));
  expect(may('owner', 'owner', null)).toBe(true);
  expect(may('maintainer', 'pusher', 'maintainer')).toBe(true);
  expect(may('maintainer', null, 'owner')).toBe(false);
  expect(may('maintainer', 'owner', 'reader')).toBe(false);
  expect(may('pusher', 'reader', 'pusher')).toBe(false);
});

test('only admins restore what an admin took down', () => {
  const may = (principal: Principal, role: RegistryRole | null) =>
    isAllowed(ask(principal, 'vitrine:RestoreDeletion', role, { isDeletedByAdmin: true }));
  expect(may(user(), 'owner')).toBe(false);
  expect(may(user('admin'), null)).toBe(true);
});

test('a decision names its policy, and an error names the repository', () => {
  const may = (role: RegistryRole | null, facts?: AccessFacts) => ask(user(), 'ecr:PutImage', role, facts);
  expect(decide(may('pusher', PRIVATE)).because).toMatchObject({ policy: 'VitrinePusher' });
  expect(() => requireAllowed(may(null, PRIVATE))).toThrow("You don't have permission to push to acme/app.");
  expect(() => requireAllowed(may(null))).toThrow("You don't have permission to push to this repository.");
});
