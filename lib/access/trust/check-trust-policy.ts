// Checks the trust policy of a role before it is saved.
import { AppError } from '#lib/platform/errors.ts';
import { isFault, readJsonPositions, type Position } from '#lib/platform/json-positions.ts';
import { readPolicy, type PolicyDocument, type PolicyFault, type Statement } from '../policy-document.ts';
import { findPublicIssuer, issuerName, providerName } from './public-issuers.ts';
import { MAX_TRUST_POLICY_LENGTH } from './schema.ts';

export type TrustAction = 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity';
const ACTIONS: ReadonlySet<string> = new Set(['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity']);

const ACCOUNT = /^(?:arn:aws:iam::)?\d{12}(?::root)?$/;
const USER_OR_ROLE =
  /^arn:aws:(?:iam::\d{12}:(?:user|role)\/[\w+=,.-]+|sts::\d{12}:assumed-role\/[\w+=,.-]+\/[\w+=,.@-]+)$/;
/** Operators that hold only if the claim is there and has one of the values. */
const POSITIVE = /^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/;

export type TrustContext = {
  /** 12 digits. */
  registryId: string;
  /** The issuers of the registry's identity providers. */
  issuers: readonly string[];
};

/** @throws AppError `invalid_input` with a sentence that names line and column, and with all findings as field error */
export function checkTrustPolicy(text: string, context: TrustContext): PolicyDocument {
  if (text.length > MAX_TRUST_POLICY_LENGTH) {
    throw invalid([`A trust policy can have at most ${MAX_TRUST_POLICY_LENGTH} characters.`]);
  }
  const positions = readJsonPositions(text);
  if (isFault(positions)) throw invalid([locate(positions, positions.message)]);
  const document = readPolicy(JSON.parse(text), 'resource');
  if ('message' in document) throw invalid([locate(positions.find(document.path), document.message)]);
  if (document.Statement.length === 0) {
    throw invalid([locate(positions.find(['Statement']), 'Enter at least one statement.')]);
  }
  const findings = document.Statement.flatMap((statement, index) => {
    const problem = findProblem(statement, context);
    return problem ? [locate(positions.find(['Statement', index, ...problem.path]), problem.message)] : [];
  });
  if (findings.length > 0) throw invalid(findings);
  return document;
}

function locate({ line, column }: Position, message: string): string {
  return `Line ${line}, column ${column}: ${message}`;
}

function findProblem(statement: Statement, context: TrustContext): PolicyFault | null {
  const { Effect, Action, Resource, Principal, NotPrincipal } = statement;
  const at = (path: readonly PropertyKey[], message: string) => ({ path, message });
  if (Resource ?? statement.NotResource) {
    const path = [Resource ? 'Resource' : 'NotResource'];
    return at(path, 'Remove Resource. A trust policy applies to its role.');
  }
  const unknown = Action?.findIndex((action) => !ACTIONS.has(action)) ?? 0;
  if (!Action || unknown >= 0) {
    const path = Action ? ['Action', unknown] : ['NotAction'];
    const message = `${Action?.[unknown] ?? 'NotAction'} isn't possible here. Use sts:AssumeRole or sts:AssumeRoleWithWebIdentity.`;
    return at(path, message);
  }
  const element = Principal ? 'Principal' : 'NotPrincipal';
  const { AWS = [], Service, Federated = [] } = Principal ?? NotPrincipal ?? {};
  if (Service) return at([element, 'Service'], 'Remove Service. AWS services never call this site.');
  const wrong = AWS.findIndex(
    (name) => !ACCOUNT.test(name) && !USER_OR_ROLE.test(name) && !(Effect === 'Deny' && name === '*'),
  );
  if (wrong >= 0) {
    const message =
      AWS[wrong] === '*'
        ? 'Name who may assume the role. "*" would let everybody.'
        : `"${AWS[wrong]}" isn't a principal. Use a registry's 12 digits, or the ARN of a user or role.`;
    return at([element, 'AWS', wrong], message);
  }
  const foreign = Federated.findIndex(
    (name) => !context.issuers.some((issuer) => providerName(context.registryId, issuer) === name),
  );
  if (foreign >= 0) {
    const message = `The registry has no identity provider ${Federated[foreign]}. Add it first.`;
    return at([element, 'Federated', foreign], message);
  }
  if (Effect === 'Deny') return null;
  if (Action.includes('sts:AssumeRole') && AWS.length === 0) {
    return at([element], 'Add the accounts, users or roles as AWS principals.');
  }
  if (!Action.includes('sts:AssumeRoleWithWebIdentity')) return null;
  if (Federated.length === 0) return at([element], 'Add the identity provider as Federated principal.');
  for (const name of Federated) {
    const message = findOpenProvider(statement, name, context);
    if (message !== null) return at(['Condition'], message);
  }
  return null;
}

/** A provider issues tokens to more than one workload, so the statement has to say which it trusts. */
function findOpenProvider(
  { Condition = {} }: Statement,
  name: string,
  { registryId, issuers }: TrustContext,
): string | null {
  const issuer = issuers.find((one) => providerName(registryId, one) === name) ?? '';
  const prefix = `${issuerName(issuer)}:`.toLowerCase();
  const compared = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, values]) => {
      const lower = key.toLowerCase();
      if (!POSITIVE.test(operator) || !lower.startsWith(prefix)) return [];
      return [{ claim: lower.slice(prefix.length), isFixed: values.every((value) => !/[*?]/.test(value)) }];
    }),
  );
  const known = findPublicIssuer(issuer);
  if (known) {
    const isNarrow = compared.some(({ claim, isFixed }) => isFixed && known.claims.includes(claim));
    if (isNarrow) return null;
    const keys = known.claims.map((claim) => `${issuerName(issuer)}:${claim}`).join(' or ');
    return `${known.name} signs tokens for everybody. Add a StringEquals condition on ${keys}. Ids, unlike names, are never given to somebody else.`;
  }
  if (compared.some(({ claim }) => claim !== 'aud')) return null;
  return `Every token of ${issuer} would do. Add a condition on one of its claims, such as ${issuerName(issuer)}:sub.`;
}

function invalid(findings: readonly string[]): AppError {
  return new AppError('invalid_input', `Invalid trust policy. ${findings[0] ?? ''}`, {
    detail: { fieldErrors: { trustPolicy: findings.join(' ') } },
  });
}
