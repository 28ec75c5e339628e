// ARNs of the resources that policies refer to.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
import { ACTIONS, type Action } from './actions.ts';
import type { PolicyPrincipal } from './evaluate.ts';
import type { RoleSession, UserPrincipal } from './schema.ts';

export type NamedResource = {
  region: string;
  /** 12 digits. Null if the resource belongs to no registry, or the registry is unknown. */
  registryId: string | null;
  /** `ALIAS/NAME` under any alias. */
  fullName?: string;
  visibility?: 'public' | 'private';
  alias?: string;
  userId?: string;
};

/** The placeholder for a name that doesn't exist yet or doesn't matter. */
const ANY_NAME = '*';

/** Returns the ARN an action applies to, or `*` if it has no resource. Only `Resource: "*"` matches `*`. */
export function resourceName(action: Action, named: NamedResource): string {
  const { region, registryId } = named;
  const { on } = ACTIONS[action];
  if (on === 'site') return `arn:aws:vitrine:${region}::site`;
  if (on === 'account') return named.userId ? `arn:aws:vitrine:${region}::user/${named.userId}` : '*';
  if (on === 'none' || registryId === null) return '*';
  if (on === 'repository') return repositoryName(registryId, named);
  if (on === 'alias') return `arn:aws:vitrine:${region}:${registryId}:alias/${named.alias ?? ANY_NAME}`;
  // ECR Public has no regions.
  const isPublic = action.startsWith('ecr-public:');
  return `arn:aws:${isPublic ? 'ecr-public:' : `vitrine:${region}`}:${registryId}:registry/${registryId}`;
}

/** All aliases of a registry address the same repositories, so the ARN omits the alias. */
function repositoryName(registryId: string, { region, fullName, visibility }: NamedResource): string {
  const name = fullName?.slice(fullName.indexOf('/') + 1) ?? ANY_NAME;
  return repositoryArn(registryId, { region, name, visibility });
}

/** Visibility decides whether the repository belongs to ECR or ECR Public, which has no regions. */
export function repositoryArn(
  registryId: string,
  { region, name, visibility }: { region: string; name: string; visibility?: 'public' | 'private' | undefined },
): string {
  const service = visibility === 'public' ? 'ecr-public:' : `ecr:${region}`;
  return `arn:aws:${service}:${registryId}:repository/${name}`;
}

/** Returns a member's ARN. It contains the user id, which is never reused and survives a change of email address. */
export function userName(registryId: string, userId: string): string {
  return `arn:aws:iam::${registryId}:user/${userId}`;
}

type Named = Pick<UserPrincipal, 'userId' | 'robot' | 'roleSession'>;

/**
 * Returns the ARN of a user in a registry. A robot is named, and always a user of its own registry. A session of a role
 * has an ARN of its own.
 */
export function principalName(registryId: string, { userId, robot, roleSession }: Named): string {
  if (roleSession) return sessionName(roleSession);
  return robot ? userName(robot.registryId, robot.name) : userName(registryId, userId);
}

/** Returns a user or session as policies of a registry know it. */
export function policyPrincipal(account: string, principal: Named): PolicyPrincipal {
  const { roleSession } = principal;
  const arn = principalName(account, principal);
  if (!roleSession) return { kind: 'user', account, arn };
  return { kind: 'session', account, arn, roleArn: roleName(roleSession.registryId, roleSession.role) };
}

export function roleName(registryId: string, role: string): string {
  return `arn:aws:iam::${registryId}:role/${role}`;
}

const ROLE_NAME = /^arn:aws:iam::(\d{12}):role\/([\w+=,.-]+)$/;

/** Null if it isn't the ARN of a role. */
export function parseRoleName(arn: string): { registryId: string; role: string } | null {
  const [, registryId, role] = ROLE_NAME.exec(arn) ?? [];
  return registryId !== undefined && role !== undefined ? { registryId, role } : null;
}

function sessionName({ registryId, role, sessionName: name }: RoleSession): string {
  return `arn:aws:sts::${registryId}:assumed-role/${role}/${name}`;
}
