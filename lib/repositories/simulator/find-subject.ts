import { findIdentityPolicies, joinPolicies, type AttachedPolicy } from '#lib/access/attached/attached-policy.ts';
import { parsePrincipal, type NamedPrincipal } from '#lib/access/attached/policy-principals.ts';
import { principalName, roleName, userName } from '#lib/access/resource-names.ts';
import {
  ANONYMOUS,
  isRobotName,
  parseRoleAddress,
  robotAddress,
  roleAddress,
  type Membership,
  type Principal,
  type RegistryRole,
  type SiteRole,
  type UserPrincipal,
} from '#lib/access/schema.ts';
import { NO_SESSION, toKeyPrincipal, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { MAX_ASKED_LENGTH, type PrincipalKind } from './schema.ts';

/** Whose access is simulated. */
export type Subject = {
  kind: PrincipalKind;
  /** As it is shown. */
  label: string;
  arn: string | null;
  principal: Principal;
  membership: Membership | null;
  isDisabled: boolean;
};

/** The registry that has the repository. */
export type SimulatedRegistry = {
  registryKey: bigint;
  registryId: string;
  /** Null if it has none. */
  registryPolicy: AttachedPolicy | null;
};

const HOW = 'Enter a member’s email address, a robot’s name, a registry’s 12 digits, an ARN, * or anonymous.';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The id of a user who stands for any user of a registry. */
const SOME_USER = '00000000-0000-0000-0000-000000000000';
const SOME_SESSION = 'session';
const SOME_KEY = 'ASIA0000000000000000';

export const ANONYMOUS_SUBJECT: Subject = {
  kind: 'anonymous',
  label: 'anonymous',
  arn: null,
  principal: ANONYMOUS,
  membership: null,
  isDisabled: false,
};

/**
 * Finds a member or robot of the registry. Members of other registries aren't looked up, because nobody else may learn
 * of them: they stand for any owner of their registry.
 * @throws AppError `invalid_input` for a principal that doesn't exist
 */
export async function findSubject(app: { db: DbOrTx }, own: SimulatedRegistry, asked: string): Promise<Subject> {
  const text = asked.trim();
  if (text.length > MAX_ASKED_LENGTH) throw invalidField('principal', HOW);
  if (text.toLowerCase() === 'anonymous') return ANONYMOUS_SUBJECT;
  const named = parsePrincipal(text);
  if (named?.kind === 'anyone') return toOutsider(own, null);
  if (named && named.registryId !== own.registryId) {
    if (!(await findRegistry(app, named.registryId))) {
      throw invalidField('principal', `Registry ${named.registryId} doesn’t exist.`);
    }
    return toOutsider(own, named);
  }
  if (named?.kind === 'registry') {
    throw invalidField('principal', 'This is the repository’s own registry. Enter one of its members or robots.');
  }
  return findMember(app, own, named ?? text);
}

type NamedInRegistry = Exclude<NamedPrincipal, { kind: 'anyone' }>;

/** @param asked an email address, a robot's name, or an ARN of the registry */
async function findMember(
  app: { db: DbOrTx },
  own: SimulatedRegistry,
  asked: NamedInRegistry | string,
): Promise<Subject> {
  const { registryKey } = own;
  const found = toUserFilter(own, asked);
  if (!found) throw invalidField('principal', HOW);
  const member = await app.db.member.findFirst({ where: { registryKey, user: found.where }, select: MEMBER });
  if (!member) throw invalidField('principal', found.missing);
  return toMember(own, member, found.sessionName);
}

type UserFilter = { where: { email: string } | { id: string }; missing: string; sessionName?: string | undefined };

function toUserFilter({ registryId }: SimulatedRegistry, asked: NamedInRegistry | string): UserFilter | null {
  if (typeof asked !== 'string' && asked.kind === 'registry') return null;
  const name = typeof asked === 'string' ? asked : asked.name;
  if (typeof asked !== 'string' && asked.kind !== 'user') {
    const [role = '', sessionName] = asked.kind === 'session' ? name.split('/') : [name];
    return {
      where: { email: roleAddress({ registryId, role }) },
      missing: `This registry has no role named ${role}.`,
      sessionName,
    };
  }
  if (typeof asked !== 'string' && UUID.test(name)) return { where: { id: name }, missing: missingMember(name) };
  if (isRobotName(name)) {
    return {
      where: { email: robotAddress({ registryId, name }) },
      missing: `This registry has no robot named ${name}.`,
    };
  }
  const email = emailSchema.safeParse(name);
  return email.success ? { where: { email: email.data }, missing: missingMember(name) } : null;
}

function missingMember(name: string): string {
  return `${name} isn’t a member of this registry.`;
}

export const MEMBER = {
  role: true,
  policies: true,
  attachedPolicies: true,
  user: { select: { id: true, email: true, displayName: true, role: true, disabledAt: true } },
} as const;

export type SimulatedMember = {
  role: RegistryRole;
  policies: string | null;
  attachedPolicies: string | null;
  user: { id: string; email: string; displayName: string; role: SiteRole; disabledAt: Date | null };
};

/** A role acts in sessions, whose names its policies may test. */
export function toMember(
  { registryId, registryPolicy }: SimulatedRegistry,
  { role, policies: own, attachedPolicies, user }: SimulatedMember,
  sessionName = SOME_SESSION,
): Subject {
  const address = parseRoleAddress(user.email);
  const policies = findIdentityPolicies({}, joinPolicies(own, attachedPolicies));
  const principal = address
    ? toKeyPrincipal(user, { id: SOME_KEY, registryId, role, policies }, { ...NO_SESSION, sessionName })
    : toUserPrincipal(user, null);
  const arn = address ? roleName(registryId, address.role) : principalName(registryId, principal);
  return {
    kind: address ? 'role' : principal.robot ? 'robot' : 'member',
    label: address ? arn : (principal.robot?.name ?? user.email),
    arn,
    principal,
    membership: { registryId, role, policies, registryPolicy },
    isDisabled: user.disabledAt !== null,
  };
}

/** @param named null for any signed-in user */
export function toOutsider({ registryId, registryPolicy }: SimulatedRegistry, named: NamedInRegistry | null): Subject {
  const home = named && ({ registryId: named.registryId, role: 'owner' } as const);
  return {
    kind: 'outsider',
    label: named === null ? '*' : named.kind === 'registry' ? named.registryId : nameOf(named),
    arn: named && nameOf(named),
    principal: toOtherPrincipal(named),
    membership: { registryId, role: null, home, registryPolicy },
    isDisabled: false,
  };
}

function toOtherPrincipal(named: NamedInRegistry | null): UserPrincipal {
  const name = named === null || named.kind === 'registry' ? SOME_USER : named.name;
  const user = { id: name, email: '', displayName: '', role: 'user' } as const;
  if (named?.kind === 'role' || named?.kind === 'session') {
    const { registryId } = named;
    const [role = '', sessionName = SOME_SESSION] = named.kind === 'session' ? name.split('/') : [name];
    const email = roleAddress({ registryId, role });
    const session = { ...NO_SESSION, sessionName };
    return toKeyPrincipal({ ...user, email }, { id: SOME_KEY, registryId, role: 'owner' }, session);
  }
  const robot = named && isRobotName(name) ? { registryId: named.registryId, name } : null;
  return { ...toUserPrincipal(user, null), ...(robot && { robot }) };
}

function nameOf(named: NamedInRegistry): string {
  const { registryId } = named;
  if (named.kind === 'registry') return `arn:aws:iam::${registryId}:root`;
  if (named.kind === 'session') return `arn:aws:sts::${registryId}:assumed-role/${named.name}`;
  return named.kind === 'role' ? roleName(registryId, named.name) : userName(registryId, named.name);
}
