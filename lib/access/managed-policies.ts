// Managed policies for roles. A registry role applies to that registry and its resources, a site role everywhere.
import { actionsThatNeed, type Action } from './actions.ts';
import { PUSH_STEPS, REGISTRY_READS, REPOSITORY_READS } from './aws-actions.ts';
import { compileCondition, compilePolicy, type CompiledPolicy, type CompiledStatement } from './compile-policy.ts';
import { parsePolicy } from './policy-document.ts';
import { REPOSITORY_ACTIONS, type RegistryRole, type SiteRole, type TokenScope, type UserPrincipal } from './schema.ts';
import { includesAction } from './token-scope.ts';

type Pattern = Action | 'ecr:*' | 'ecr-public:*';
type Condition = Record<string, Record<string, string[]>>;
type Grant = { actions: readonly Pattern[]; when?: Condition };

function allow(name: string, grants: readonly Grant[]): CompiledPolicy {
  const statements = grants.map(({ actions, when }) => ({
    Effect: 'Allow' as const,
    Action: [...actions],
    Resource: ['*'],
    ...(when && { Condition: when }),
  }));
  return compilePolicy(name, { Version: '2012-10-17', Statement: statements });
}

const OUTSIDE: Condition = { Bool: { 'vitrine:IsMember': ['false'] } };
const LISTED = { 'vitrine:HasImage': ['true'] };

const READER: Grant[] = [
  { actions: [...REPOSITORY_READS, ...REGISTRY_READS] },
  { actions: ['ecr:BatchGetImage', 'ecr:BatchImportUpstreamImage'] },
  { actions: ['vitrine:ViewRepository', 'vitrine:ViewRegistry', 'vitrine:CreateAccessKey'] },
];
const PUSHER: Grant[] = [
  ...READER,
  { actions: [...PUSH_STEPS, 'ecr:PutImage', 'vitrine:ReadAudit', 'vitrine:ViewAliasRequest'] },
];
const MANAGER: Grant[] = [
  ...PUSHER,
  { actions: ['ecr:*', 'ecr-public:*', 'sts:AssumeRole', 'vitrine:RenameRepository', 'vitrine:ExplainAccess'] },
  { actions: ['vitrine:ManageMirrors', 'vitrine:ManageAliases', 'vitrine:ProveDomain', 'vitrine:RequestAlias'] },
  { actions: ['vitrine:ListInvitations', 'vitrine:ListDeletions', 'vitrine:ReadClientAddresses'] },
  { actions: ['vitrine:ListWebhooks', 'vitrine:ManageWebhooks'] },
  // Only admins restore what an admin took down.
  { actions: ['vitrine:RestoreDeletion'], when: { Bool: { 'vitrine:IsDeletedByAdmin': ['false'] } } },
];
/** Only owners grant and revoke the owner role. */
const BETWEEN_OTHER_ROLES: Condition = {
  StringNotEquals: { 'vitrine:FromRole': ['owner'], 'vitrine:ToRole': ['owner'] },
};

const REGISTRY_ROLE_POLICIES: Record<RegistryRole, CompiledPolicy> = {
  owner: allow('VitrineOwner', [
    ...MANAGER,
    { actions: ['vitrine:ManageMembers', 'vitrine:ManageRobots', 'vitrine:ManageRoles'] },
    {
      actions: [
        'vitrine:TransferRepository',
        'vitrine:ManageAccessKeys',
        'vitrine:ManageTeams',
        'vitrine:ManagePolicies',
      ],
    },
  ]),
  maintainer: allow('VitrineMaintainer', [
    ...MANAGER,
    { actions: ['vitrine:ManageMembers', 'vitrine:ManageRobots', 'vitrine:ManageRoles'], when: BETWEEN_OTHER_ROLES },
  ]),
  pusher: allow('VitrinePusher', PUSHER),
  reader: allow('VitrineReader', READER),
  none: allow('VitrineNone', []),
};

const USER: Grant[] = [
  { actions: ['sts:GetCallerIdentity', 'vitrine:ReadAccount', 'vitrine:ManageAccount'] },
  { actions: ['vitrine:CreateRegistry', 'vitrine:Star', 'vitrine:Follow'] },
  { actions: ['vitrine:ChangeSignIn', 'vitrine:ManageAccessTokens'] },
];
const REVIEWER: Grant[] = [
  ...USER,
  { actions: ['vitrine:ListReviewQueue'] },
  // Drafts are private to their registry.
  { actions: ['vitrine:ViewAliasRequest'], when: { Bool: { 'vitrine:IsSubmitted': ['true'] } } },
  { actions: ['vitrine:ManageSavedReplies'] },
  // Reviewers can't decide for a registry they are a member of.
  { actions: ['vitrine:ReviewAlias', 'vitrine:ReviewNames', 'vitrine:ReadReviewNotes'], when: OUTSIDE },
];
const ADMIN: Grant[] = [
  ...REVIEWER,
  { actions: ['vitrine:SuspendAlias'], when: OUTSIDE },
  { actions: ['vitrine:ManageReservedNames', 'vitrine:AdministerAliases', 'vitrine:VerifyPublisher'] },
  { actions: ['vitrine:ModerateRepository', 'vitrine:HandleReports', 'vitrine:RestoreDeletion'] },
  { actions: ['vitrine:SetRegistryQuota', 'vitrine:ManageMirrorRoutes', 'vitrine:ManageUsers', 'vitrine:MapGroups'] },
  { actions: ['vitrine:ListSite', 'vitrine:ReadSite', 'vitrine:UpdateSite'] },
  { actions: ['vitrine:ReadAudit', 'vitrine:ReadClientAddresses', 'ecr-public:PutRegistryCatalogData'] },
  // Admins also see public repositories in quarantine.
  { actions: ['vitrine:ViewRepository'], when: { StringEquals: { 'vitrine:Visibility': ['public'] }, Bool: LISTED } },
];

const SITE_ROLE_POLICIES: Record<SiteRole, CompiledPolicy> = {
  user: allow('VitrineUser', USER),
  reviewer: allow('VitrineReviewer', REVIEWER),
  admin: allow('VitrineAdmin', ADMIN),
};

/** What no robot or role may do, whatever its other policies: accounts, people, credentials, and asking reviewers. */
const PEOPLE_ONLY = [
  ...(['vitrine:ReadAccount', 'vitrine:ManageAccount', 'vitrine:ChangeSignIn', 'vitrine:ManageAccessTokens'] as const),
  ...([
    'vitrine:CreateAccessKey',
    'vitrine:ManageAccessKeys',
    'vitrine:ManageMembers',
    'vitrine:ManageRobots',
    'vitrine:ManageRoles',
    'vitrine:ManageTeams',
    'vitrine:ManagePolicies',
  ] as const),
  ...(['vitrine:CreateRegistry', 'vitrine:RequestAlias', 'vitrine:Star', 'vitrine:Follow'] as const),
] as const satisfies readonly Action[];

const MACHINE = compilePolicy(
  'VitrineMachine',
  parsePolicy(
    {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Identify', Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' },
        { Sid: 'PeopleOnly', Effect: 'Deny', Action: PEOPLE_ONLY, Resource: '*' },
      ],
    },
    'identity',
  ),
);

/** Whether robots and roles never may, so that a refusal can say so. */
export function isForPeople(action: Action): boolean {
  return (PEOPLE_ONLY as readonly Action[]).includes(action);
}

export function rolePolicies(
  { siteRole, robot, roleSession }: UserPrincipal,
  role: RegistryRole | null,
): CompiledPolicy[] {
  const onSite = robot || roleSession ? MACHINE : SITE_ROLE_POLICIES[siteRole];
  return role ? [REGISTRY_ROLE_POLICIES[role], onSite] : [onSite];
}

/** The resource policy of every public repository. It applies whatever the client's credential. */
export const PUBLIC_REPOSITORY: CompiledPolicy = compilePolicy(
  'VitrinePublicRepository',
  parsePolicy(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Pull',
          Effect: 'Allow',
          Principal: '*',
          Action: 'ecr:BatchGetImage',
          Condition: { StringEquals: { 'vitrine:Visibility': 'public' } },
        },
        {
          Sid: 'View',
          Effect: 'Allow',
          Principal: '*',
          Action: 'vitrine:ViewRepository',
          Condition: {
            StringEquals: { 'vitrine:Visibility': 'public' },
            Bool: { ...LISTED, 'vitrine:IsQuarantined': 'false' },
          },
        },
      ],
    },
    'resource',
  ),
);

const ACTIONS_OF = {
  pull: actionsThatNeed('pull'),
  push: actionsThatNeed('push'),
  delete: actionsThatNeed('delete'),
  read: actionsThatNeed('read'),
  write: actionsThatNeed('write'),
  any: actionsThatNeed('any'),
};
const API_POLICIES = {
  none: allowFor('any'),
  read: allowFor('any', 'read'),
  write: allowFor('any', 'read', 'write'),
};

function allowFor(...needs: (keyof typeof ACTIONS_OF)[]): CompiledStatement[] {
  return allow('access token', [{ actions: needs.flatMap((need) => ACTIONS_OF[need]) }]).statements;
}

/** Compiled once, because every request to /v2 asks for the policy of its token. */
const REPOSITORY_STATEMENTS = {
  pull: allowFor('pull'),
  push: allowFor('push'),
  delete: allowFor('delete'),
};

/** Returns the policy that narrows a user's permissions to the credential's scopes, or null if it is unrestricted. */
export function policyOfCredential({ scopes, apiAccess, accessKey }: UserPrincipal): CompiledPolicy | null {
  if (scopes === null && apiAccess === 'write' && !accessKey) return null;
  const statements = scopes === null ? Object.values(REPOSITORY_STATEMENTS).flat() : scopes.flatMap(toStatements);
  return { name: 'access token', statements: [...statements, ...API_POLICIES[apiAccess]] };
}

function toStatements({ repository, actions }: TokenScope): CompiledStatement[] {
  const key = 'vitrine:RepositoryName';
  const isNamed = compileCondition({ operator: 'StringLike', key, values: [repository], hasVariables: true });
  return REPOSITORY_ACTIONS.filter((need) => includesAction(actions, need)).flatMap((need) =>
    REPOSITORY_STATEMENTS[need].map((statement) => ({
      ...statement,
      matches: (request) => statement.matches(request) && isNamed(request.context),
    })),
  );
}
