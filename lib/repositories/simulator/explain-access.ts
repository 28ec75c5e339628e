import type { NearStatement } from '#lib/access/explain/schema.ts';
import type { Caller } from '#lib/access/schema.ts';
import { authorizeSimulation, type SimulatorApp } from './authorize-simulation.ts';
import { describeAdvice, describeNear, describeReason, nameInPolicy } from './describe-access.ts';
import { findSubject, type Subject } from './find-subject.ts';
import { parseAction, parseCircumstances } from './parse-question.ts';
import type { AccessExplanation, AskedAccess, ExplainedStatement } from './schema.ts';
import { simulate } from './simulate.ts';

/**
 * Explains whether a principal may do something with a repository. Assumes a credential without scopes.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function explainAccess(
  app: SimulatorApp,
  { caller, fullName, ...asks }: AskedAccess & { caller: Caller; fullName: string },
): Promise<AccessExplanation> {
  const { repository, own } = await authorizeSimulation(app, { caller, fullName });
  const asked = parseAction(asks.action, repository.visibility);
  const context = parseCircumstances(asks, caller.context);
  const subject = await findSubject(app, own, asks.principal);
  const simulated = simulate({ repository, subject, asked, context });
  const { isAllowed, decision, steps, step, near } = simulated;
  const described = { simulated, subject, repository };
  return {
    principal: subject.label,
    arn: subject.arn,
    action: asked.name,
    address: context.address,
    at: context.at,
    isSecure: context.site.isSecure,
    userAgent: context.userAgent,
    isAllowed,
    decidedBy: decision.because,
    reason: describeReason(described),
    advice: describeAdvice(described),
    steps,
    explainedStep: step,
    near: describeAll(near, nameInPolicy(step, repository), subject),
  };
}

/** A role has several statements, which are one to a reader. */
function describeAll(near: readonly NearStatement[], action: string, subject: Subject): ExplainedStatement[] {
  const described = near.map((statement) => ({ ...statement, sentence: describeNear(statement, action, subject) }));
  return [...new Map(described.map((statement) => [statement.sentence, statement])).values()];
}
