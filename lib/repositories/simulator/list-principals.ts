import { setImmediate as nextPhase } from 'node:timers/promises';
import { parsePrincipal } from '#lib/access/attached/policy-principals.ts';
import type { AttachedPolicy } from '#lib/access/attached/attached-policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import { authorizeSimulation, type SimulatorApp } from './authorize-simulation.ts';
import { describeAdvice, describeReason } from './describe-access.ts';
import {
  ANONYMOUS_SUBJECT,
  MEMBER,
  toMember,
  toOutsider,
  type SimulatedRegistry,
  type Subject,
} from './find-subject.ts';
import { parseAction, parseCircumstances } from './parse-question.ts';
import type { AskedCircumstances, PrincipalAccess } from './schema.ts';
import { simulate } from './simulate.ts';

/** Bounds the time of an answer. */
const MAX_MEMBERS = 1_000;
/** Other requests get their turn after these. */
const BATCH = 20;

export type ListedPrincipals = {
  principals: PrincipalAccess[];
  /** Whether the registry has more members than are listed. */
  isTruncated: boolean;
};

/**
 * Lists the registry's members and robots, everyone that the policies name, and anonymous clients, with the reason why each
 * may do something or not. Those who may come first.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function listPrincipals(
  app: SimulatorApp,
  { caller, fullName, action, ...asks }: AskedCircumstances & { caller: Caller; fullName: string; action: string },
): Promise<ListedPrincipals> {
  const { repository, own } = await authorizeSimulation(app, { caller, fullName });
  const asked = parseAction(action, repository.visibility);
  const context = parseCircumstances(asks, caller.context);
  const members = await app.db.member.findMany({
    where: { registryKey: own.registryKey },
    orderBy: [{ role: 'asc' }, { createdAt: 'asc' }],
    take: MAX_MEMBERS + 1,
    select: MEMBER,
  });
  const subjects = [
    ...members.slice(0, MAX_MEMBERS).map((member) => toMember(own, member)),
    ...namedOutsiders(own, [repository.policy, own.registryPolicy]),
    ANONYMOUS_SUBJECT,
  ];
  const principals: PrincipalAccess[] = [];
  for (const [index, subject] of subjects.entries()) {
    if (index % BATCH === BATCH - 1) await nextPhase();
    const simulated = simulate({ repository, subject, asked, context });
    const described = { simulated, subject, repository };
    const [reason, advice] = [describeReason(described), describeAdvice(described)];
    const { kind, label: principal, arn } = subject;
    principals.push({ kind, principal, arn, isAllowed: simulated.isAllowed, reason, advice });
  }
  principals.sort((one, other) => Number(other.isAllowed) - Number(one.isAllowed));
  return { principals, isTruncated: members.length > MAX_MEMBERS };
}

/** Users and roles of the own registry are listed as members. */
function namedOutsiders(own: SimulatedRegistry, policies: (AttachedPolicy | null)[]): Subject[] {
  const statements = policies.flatMap((policy) => policy?.whole.statements ?? []);
  const names = statements.flatMap(({ principals }) => [...(principals?.names ?? [])]);
  return [...new Set(names)].flatMap((name) => {
    const named = parsePrincipal(name);
    if (named?.kind === 'anyone') return [toOutsider(own, null)];
    return named && named.registryId !== own.registryId ? [toOutsider(own, named)] : [];
  });
}
