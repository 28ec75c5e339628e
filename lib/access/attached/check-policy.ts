// Checks the text of a policy before it is saved: what can't be a policy, and what can't have the effect it seems to have.
import { isFault, readJsonPositions, type JsonPositions, type Position } from '#lib/platform/json-positions.ts';
import { readPolicy, type PolicyDocument, type Statement } from '../policy-document.ts';
import {
  MAX_POLICY_LENGTH,
  MAX_QUESTION_MARKS,
  type PolicyFinding,
  type PolicyTarget,
  type StatementFinding,
} from './schema.ts';
import { checkActions } from './check-actions.ts';
import { checkConditions } from './check-conditions.ts';
import { parsePrincipal, type NamedPrincipal } from './policy-principals.ts';

export type LocatedPrincipal = Position & { principal: NamedPrincipal; text: string };

export type CheckedPolicy = {
  /** Null if there are errors. */
  document: PolicyDocument | null;
  findings: PolicyFinding[];
  /** Whoever the policy names. The caller checks that they exist. */
  principals: LocatedPrincipal[];
};

const START: Position = { line: 1, column: 1 };

export function checkPolicy(text: string, target: PolicyTarget): CheckedPolicy {
  if (text.length > MAX_POLICY_LENGTH) {
    return refused({ ...START, message: `A policy can have at most ${MAX_POLICY_LENGTH} characters.` });
  }
  if (text.split('?').length - 1 > MAX_QUESTION_MARKS) {
    return refused({ ...START, message: `A policy can have at most ${MAX_QUESTION_MARKS} question marks.` });
  }
  const positions = readJsonPositions(text);
  if (isFault(positions)) return refused(positions);
  const document = readPolicy(JSON.parse(text), target.kind === 'identity' ? 'identity' : 'resource');
  if ('message' in document) return refused({ ...positions.find(document.path), message: document.message });
  if (document.Statement.length === 0) {
    return refused({ ...positions.find(['Statement']), message: 'Enter at least one statement.' });
  }
  const findings = document.Statement.flatMap((statement, index) =>
    checkStatement(statement, document.Version, target).map(({ path, ...finding }) => ({
      ...finding,
      ...positions.find(['Statement', index, ...path]),
    })),
  );
  if (findings.some(({ severity }) => severity === 'error')) return { document: null, findings, principals: [] };
  return { document, findings, principals: locatePrincipals(document, positions) };
}

function refused({ line, column, message }: Position & { message: string }): CheckedPolicy {
  return { document: null, findings: [{ severity: 'error', line, column, message }], principals: [] };
}

function checkStatement(
  statement: Statement,
  version: PolicyDocument['Version'],
  target: PolicyTarget,
): StatementFinding[] {
  return [
    ...checkPrincipals(statement),
    ...checkResources(statement, target),
    ...checkActions(statement, target),
    ...checkConditions(statement),
    ...checkVariables(statement, version),
  ];
}

function checkResources({ Resource, NotResource }: Statement, target: PolicyTarget): StatementFinding[] {
  const isGiven = Resource !== undefined || NotResource !== undefined;
  const path = [Resource === undefined ? 'NotResource' : 'Resource'];
  if (target.kind === 'registry' && !isGiven) {
    return [{ severity: 'error', path: [], message: 'Add Resource. A registry has many repositories.' }];
  }
  if (target.kind !== 'repository' || target.visibility === 'public' || !isGiven) return [];
  const message = 'Remove Resource. The policy of a private repository applies to that repository only.';
  return [{ severity: 'error', path, message }];
}

function checkPrincipals({ Effect, Principal, NotPrincipal }: Statement): StatementFinding[] {
  const name = Principal ? 'Principal' : 'NotPrincipal';
  const { AWS = [], Service, Federated } = Principal ?? NotPrincipal ?? {};
  const findings: StatementFinding[] = AWS.flatMap((text, index) => {
    if (parsePrincipal(text)) return [];
    const message = /[*?]/.test(text)
      ? `Wildcards don't work inside a principal. Use "*" with the condition ArnLike aws:PrincipalArn.`
      : `"${text}" isn't a principal. Use a registry's 12 digits, or the ARN of a user or role.`;
    return [{ severity: 'error' as const, path: [name, 'AWS', index], message }];
  });
  if (Federated) {
    const message = 'Remove Federated. Only the trust policy of a role can name an identity provider.';
    findings.push({ severity: 'error', path: [name, 'Federated'], message });
  }
  if (Service) {
    const message = 'AWS services never call this site, so this has no effect.';
    findings.push({ severity: 'warning', path: [name, 'Service'], message });
  }
  if (NotPrincipal && Effect === 'Deny') {
    const message =
      'NotPrincipal denies everyone else, also owners. A user is exempt only if their registry is listed too.';
    findings.push({ severity: 'warning', path: [name], message });
  }
  return findings;
}

/** Policies without a version have the older one. */
function checkVariables({ Condition = {} }: Statement, version: PolicyDocument['Version']): StatementFinding[] {
  if (version === '2012-10-17') return [];
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => {
      if (!values.some((text) => text.includes('${'))) return [];
      const message = 'Policy variables need "Version": "2012-10-17". Otherwise this is literal text.';
      return [{ severity: 'warning' as const, path: ['Condition', operator, key], message }];
    }),
  );
}

function locatePrincipals({ Statement: statements }: PolicyDocument, positions: JsonPositions): LocatedPrincipal[] {
  return statements.flatMap(({ Principal, NotPrincipal }, at) => {
    const element = Principal ? 'Principal' : 'NotPrincipal';
    const { AWS = [] } = Principal ?? NotPrincipal ?? {};
    return AWS.flatMap((text, index) => {
      const principal = parsePrincipal(text);
      const path = ['Statement', at, element, 'AWS', index];
      return principal ? [{ principal, text, ...positions.find(path) }] : [];
    });
  });
}
