import { checkPolicy, type LocatedPrincipal } from '#lib/access/attached/check-policy.ts';
import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import type { PolicyDocument } from '#lib/access/policy-document.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import { findUnknownPrincipals } from './find-unknown-principals.ts';

export type CheckedRepositoryPolicy = {
  /** Null if the policy can't be saved. */
  document: PolicyDocument | null;
  findings: PolicyFinding[];
};

/** Checks the text of a policy, also whether everyone that it names exists. */
export async function checkRepositoryPolicy(
  app: { db: DbOrTx },
  { text, visibility }: { text: string; visibility: Visibility },
): Promise<CheckedRepositoryPolicy> {
  const { document, findings, principals } = checkPolicy(text, { kind: 'repository', visibility });
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
