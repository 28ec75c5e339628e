// Explains simulated decisions in sentences.
import { ACTIONS, type Action } from '#lib/access/actions.ts';
import { isWrittenPolicy, REGISTRY_POLICY, REPOSITORY_POLICY } from '#lib/access/attached/attached-policy.ts';
import { wordIdentityPolicy } from '#lib/access/attached/policy-labels.ts';
import type { NearStatement } from '#lib/access/explain/schema.ts';
import { REGISTRY_ROLES } from '#lib/access/schema.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Subject } from './find-subject.ts';
import type { DecidingStatement } from './schema.ts';
import type { Simulated } from './simulate.ts';
import { wordConditions, wordGiven } from './word-conditions.ts';

type Described = { simulated: Simulated; subject: Subject; repository: FoundRepository };

const NAMES = { member: 'the member', robot: 'the robot', role: 'the role' } as const;

/** Says what decided. */
export function describeReason({ simulated, subject, repository }: Described): string {
  const { decision, obstacle } = simulated;
  if (obstacle === 'disabled') return subject.kind === 'robot' ? 'The robot is disabled.' : 'The account is disabled.';
  if (obstacle === 'mirror') return 'Clients can’t change a mirror.';
  const { outcome, because } = decision;
  if (because?.policy === 'VitrinePublicRepository') return 'Anyone can pull from a public repository.';
  if (because) {
    const home = outcome === 'allow' ? wordHome(subject) : '';
    return `${outcome === 'allow' ? 'Allowed' : 'Denied'} by ${nameStatement(because)}${home}.`;
  }
  const action = nameInPolicy(simulated.step, repository);
  if (subject.kind === 'anonymous') return 'Anonymous clients can only pull, and only from public repositories.';
  const policies = wordPolicies(simulated);
  if (subject.kind === 'outsider') {
    return policies !== null
      ? `No statement of ${policies} allows ${action}.`
      : 'Only members and robots of the registry have access, because the repository has no policy.';
  }
  const role = subject.membership?.role ?? 'none';
  const own =
    role === 'none'
      ? `Without a role, ${NAMES[subject.kind]} needs a policy that allows ${action}`
      : `The role ${role} doesn’t allow ${action}`;
  return policies !== null ? `${own}, and no statement of ${policies} does.` : `${own}.`;
}

/** Null if there are none. */
function wordPolicies({ policies }: Simulated): string | null {
  const [first, second] = policies.map(({ name }) => wordPolicy(name));
  return second === undefined ? (first ?? null) : 'the policies of the repository and its registry';
}

function wordPolicy(name: string): string {
  if (name === REPOSITORY_POLICY) return 'the repository’s policy';
  return name === REGISTRY_POLICY ? 'the registry’s policy' : `the ${wordIdentityPolicy(name) ?? name}`;
}

/** Across registries, both must allow it. Roles in another registry are nobody else's business. */
function wordHome({ kind, membership }: Subject): string {
  if (kind !== 'outsider') return '';
  const home = membership?.home?.registryId;
  return `, if their role in ${home ? `registry ${home}` : 'their own registry'} allows it too`;
}

/** Says what would have to change. Null if it is allowed. */
export function describeAdvice({ simulated, subject, repository }: Described): string | null {
  const { isAllowed, decision, held, near, obstacle } = simulated;
  if (isAllowed) return null;
  if (obstacle === 'disabled')
    return subject.kind === 'robot' ? 'Enable the robot.' : 'Ask an admin of the site to enable the account.';
  if (obstacle === 'mirror') return 'Use a repository that isn’t a mirror.';
  const { because } = decision;
  if (because && isWrittenPolicy(because.policy)) {
    const also = near.some(({ why }) => why === 'denial') ? ' Others deny it too.' : '';
    const name = nameStatement(because);
    return held.length > 0
      ? `It applies because ${wordConditions(held)} (${wordGiven(held)}). Make the request when that isn’t so, or change ${name}.${also}`
      : `Remove ${name}, or leave this principal or action out of it.${also}`;
  }
  if (because) return 'No policy or role changes that.';
  if (subject.kind === 'anonymous') return 'Sign in as a user who has access.';
  return adviseAllowance({ simulated, subject, repository });
}

function adviseAllowance({ simulated: { step, near }, subject, repository }: Described): string {
  const action = nameInPolicy(step, repository);
  const conditional = near.find(({ why }) => why === 'condition');
  if (conditional) return describeNear(conditional, action, subject);
  const delegating = near.find(({ why }) => why === 'delegation');
  if (delegating) return describeNear(delegating, action, subject);
  const other = near.find(({ why, failed }) => why === 'action' && failed.length === 0);
  const whom = subject.arn ?? '*';
  const allow = other
    ? `add ${action} to ${nameStatement(other)}`
    : `allow ${action} to ${whom} in the repository’s policy`;
  if (subject.kind === 'outsider' || subject.kind === 'anonymous')
    return `${allow[0]?.toUpperCase()}${allow.slice(1)}.`;
  return `Give ${NAMES[subject.kind]} a role that allows it, or ${allow}.`;
}

/** Says what a statement has to do with the decision. */
export function describeNear(near: NearStatement, action: string, { arn }: Pick<Subject, 'arn'>): string {
  const name = nameStatement(near);
  const Name = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const would = near.effect === 'Allow' ? 'would allow it' : 'would deny it';
  switch (near.why) {
    case 'condition':
      return `${Name} ${would} if ${wordConditions(near.failed)}. Here, ${wordGiven(near.failed)}.`;
    case 'resource':
      return `${Name} ${would}, but its Resource doesn’t cover this repository.`;
    case 'delegation':
      return `${Name} names the whole registry, which only confirms what roles allow. Name ${arn ?? 'the user'} in it.`;
    case 'overruled':
      return `${Name} allows it, but a denial wins.`;
    case 'denial':
      return `${Name} denies it too.`;
    case 'action':
      return `${Name} allows other actions, but not ${action}.`;
  }
}

/** Names a statement, or the role that it belongs to. */
export function nameStatement({ policy, statement }: DecidingStatement): string {
  const role = REGISTRY_ROLES.find((known) => `vitrine${known}` === policy.toLowerCase());
  if (role) return `the role ${role}`;
  if (policy === 'VitrineMachine') return 'the limits of robots and roles';
  if (policy.startsWith('Vitrine')) return 'a role on the site';
  const where = wordPolicy(policy);
  // A statement without a Sid is named by its position.
  return /^statement \d+$/.test(statement) ? `${statement} of ${where}` : `the statement “${statement}” of ${where}`;
}

/** Policies of public repositories know actions of docker as those of ECR Public. */
export function nameInPolicy(action: Action, { visibility }: Pick<FoundRepository, 'visibility'>): string {
  const twin = action.replace(/^ecr:/, 'ecr-public:');
  return visibility === 'public' && twin in ACTIONS ? twin : action;
}
