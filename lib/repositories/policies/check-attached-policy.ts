import { checkPolicy, type LocatedPrincipal } from '#lib/access/attached/check-policy.ts';
import type { PolicyFinding, PolicyTarget } from '#lib/access/attached/schema.ts';
import type { PolicyDocument } from '#lib/access/policy-document.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { findUnknownPrincipals } from './find-unknown-principals.ts';

export type CheckedAttachedPolicy = {
  /** Null if the policy can't be saved. */
  document: PolicyDocument | null;
  findings: PolicyFinding[];
};

/** Checks the text of a policy, also whether everyone that it names exists. */
export async function checkAttachedPolicy(
  app: { db: DbOrTx },
  { text, target }: { text: string; target: PolicyTarget },
): Promise<CheckedAttachedPolicy> {
  const { document, findings, principals } = checkPolicy(text, target);
  if (!document) return { document, findings };
  const unknown = await findUnknownPrincipals(app, principals);
  return {
    document: unknown.length === 0 ? document : null,
    findings: [...findings, ...unknown.map(toFinding)].sort(
      (one, other) => one.line - other.line || one.column - other.column,
    ),
  };
}

function toFinding({ text, line, column }: LocatedPrincipal): PolicyFinding {
  return { severity: 'error', message: `${text} doesn't exist on this site.`, line, column };
}
