import { ACTIONS, type Action } from '../actions.ts';
import type { Statement } from '../policy-document.ts';
import { matchesWildcards } from '../text-pattern.ts';
import { V1_ACTIONS, type PolicyTarget, type StatementFinding } from './schema.ts';

/** Actions that policies can name though no operation has them. */
const WITHOUT_OPERATION = ['ecr:ReplicateImage'];

/** What identity policies decide beside the actions of ECR. Policies of AWS name the second, which has no operation here. */
const STS_ACTIONS = ['sts:AssumeRole', 'sts:GetServiceBearerToken'];

const KNOWN = new Map<string, boolean>([
  ...(Object.keys(ACTIONS) as Action[])
    .filter((action) => /^ecr(-public)?:/.test(action))
    .map((action): [string, boolean] => [action, ACTIONS[action].on === 'repository']),
  ...WITHOUT_OPERATION.map((action): [string, boolean] => [action, true]),
]);

type AttachedTo = Exclude<PolicyTarget, { kind: 'identity' }>;

/** Names actions that don't exist, and those that the policy can't decide. */
export function checkActions(statement: Statement, target: PolicyTarget): StatementFinding[] {
  const { Action, NotAction } = statement;
  const element = Action ? 'Action' : 'NotAction';
  const texts = Action ?? NotAction ?? [];
  const names = [...KNOWN.keys(), ...(target.kind === 'identity' ? STS_ACTIONS : [])];
  const findings = texts.flatMap((text, index): StatementFinding[] => {
    const path = [element, index];
    const matched = names.filter((name) => matchesWildcards(text.toLowerCase(), name.toLowerCase()));
    if (matched.length === 0) {
      const message = `"${text}" isn't an action of ECR or ECR Public.`;
      return [{ severity: 'error', path, message }];
    }
    const problem =
      target.kind === 'identity' || matched.some((name) => isDecided(name, target)) ? null : findProblem(target);
    return problem === null ? [] : [{ severity: 'warning', path, message: `"${text}" has no effect. ${problem}` }];
  });
  return [...findings, ...checkPublicDenial(statement, target)];
}

function isDecided(name: string, target: AttachedTo): boolean {
  if (target.kind === 'registry') return target.scope === 'V1' ? V1_ACTIONS.includes(name) : name.startsWith('ecr:');
  const prefix = target.visibility === 'public' ? 'ecr-public:' : 'ecr:';
  return name.startsWith(prefix) && KNOWN.get(name) === true && !name.endsWith(':CreateRepository');
}

function findProblem(target: AttachedTo): string {
  if (target.kind === 'registry') {
    return target.scope === 'V1'
      ? `The scope V1 is about ${V1_ACTIONS.join(', ')}.`
      : 'A registry policy is about actions of ecr.';
  }
  return target.visibility === 'public'
    ? 'The policy of a public repository is about actions of ecr-public on repositories.'
    : 'The policy of a private repository is about actions of ecr on repositories.';
}

function checkPublicDenial({ Effect, Action = [] }: Statement, target: PolicyTarget): StatementFinding[] {
  if (target.kind !== 'repository' || target.visibility !== 'public' || Effect !== 'Deny') return [];
  if (!Action.some((text) => text === '*' || text.toLowerCase() === 'ecr-public:*')) return [];
  const message = "Anyone can pull from a public repository. This statement doesn't deny it.";
  return [{ severity: 'warning', path: ['Action'], message }];
}
