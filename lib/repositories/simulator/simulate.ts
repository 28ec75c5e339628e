import { decide } from '#lib/access/authorize.ts';
import type { Action } from '#lib/access/actions.ts';
import { REPOSITORY_POLICY } from '#lib/access/attached/attached-policy.ts';
import type { CompiledPolicy } from '#lib/access/compile-policy.ts';
import type { Decision, Evaluated } from '#lib/access/evaluate.ts';
import { findHeldConditions, findNearStatements } from '#lib/access/explain/find-near-statements.ts';
import type { ComparedCondition, NearStatement } from '#lib/access/explain/schema.ts';
import type { RequestContext } from '#lib/access/schema.ts';
import { accessFacts, type FoundRepository } from '#lib/repositories/find-repository.ts';
import type { Subject } from './find-subject.ts';
import type { AskedAction } from './parse-question.ts';
import type { ExplainedStep } from './schema.ts';

/** What stops a request that policies and roles may allow. */
export type Obstacle = 'disabled' | 'mirror';

export type Simulated = {
  isAllowed: boolean;
  steps: ExplainedStep[];
  /** The first step that is denied, else the first of all. */
  step: Action;
  decision: Decision;
  near: NearStatement[];
  /** Those that decide about the repository, of itself and of its registry. */
  policies: CompiledPolicy[];
  /** Those of the statement that decided. */
  held: ComparedCondition[];
  obstacle: Obstacle | null;
};

type Simulation = { repository: FoundRepository; subject: Subject; asked: AskedAction; context: RequestContext };

/** Decides as every edge does, and keeps what decided. */
export function simulate({ repository, subject, asked, context }: Simulation): Simulated {
  const { principal, membership } = subject;
  const facts = accessFacts(repository);
  const evaluateStep = (action: Action) => {
    let last: Evaluated | null = null;
    const onEvaluate = (request: Evaluated) => {
      last = request;
    };
    const decision = decide({ principal, membership, context, action, facts, onEvaluate });
    return { action, decision, request: last as Evaluated | null };
  };
  const [first, ...others] = asked.steps;
  const main = evaluateStep(first);
  const all = [main, ...others.map(evaluateStep)];
  const shown = all.find(({ decision }) => decision.outcome === 'deny') ?? main;
  const { request, decision } = shown;
  const policies = listPolicies(repository, subject);
  const obstacle = findObstacle(subject, repository, asked);
  return {
    isAllowed: obstacle === null && all.every((step) => step.decision.outcome === 'allow'),
    steps: all.map((step) => ({ action: step.action, isAllowed: step.decision.outcome === 'allow' })),
    step: shown.action,
    decision,
    near: request ? findNearStatements({ request, decision, wholePolicies: policies }) : [],
    policies,
    held: request ? findHeldConditions({ request, decision }) : [],
    obstacle,
  };
}

/** A registry policy of scope V1 has no statements about existing repositories. */
function listPolicies({ policy, visibility }: FoundRepository, { membership }: Subject): CompiledPolicy[] {
  const ofRegistry = visibility === 'private' ? membership?.registryPolicy : null;
  const all = [policy, ofRegistry].flatMap((attached) => (attached ? [attached.whole] : []));
  return all.filter(({ name, statements }) => name === REPOSITORY_POLICY || statements.length > 0);
}

function findObstacle({ isDisabled }: Subject, { upstream }: FoundRepository, { right }: AskedAction): Obstacle | null {
  if (isDisabled) return 'disabled';
  return upstream !== null && (right === 'push' || right === 'delete') ? 'mirror' : null;
}
