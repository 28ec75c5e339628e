// Checks the trust policy of a role before it is saved.
import { AppError } from '#lib/platform/errors.ts';
import { parsePolicy, type PolicyDocument, type Statement } from '../policy-document.ts';
import { findPublicIssuer, issuerName, providerName } from './public-issuers.ts';

/** As for roles of IAM. */
export const MAX_TRUST_POLICY_LENGTH = 4_096;

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

/** @throws AppError `invalid_input` with a sentence that names the statement */
export function checkTrustPolicy(text: string, context: TrustContext): PolicyDocument {
  if (text.length > MAX_TRUST_POLICY_LENGTH) {
    throw invalid(`A trust policy can have at most ${MAX_TRUST_POLICY_LENGTH} characters.`);
  }
  const document = parsePolicy(parseJson(text), 'resource');
  if (document.Statement.length === 0) throw invalid('Enter at least one statement.');
  document.Statement.forEach((statement, index) => {
    const problem = findProblem(statement, context);
    if (problem) throw invalid(`${statement.Sid ?? `Statement ${index + 1}`}: ${problem}`);
  });
  return document;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('This is not JSON.', cause);
  }
}

function findProblem(statement: Statement, context: TrustContext): string | null {
  const { Effect, Action, Resource, NotResource, Principal, NotPrincipal } = statement;
  if (Resource ?? NotResource) return 'Remove Resource. A trust policy applies to its role.';
  const unknown = Action?.find((action) => !ACTIONS.has(action));
  if (!Action || unknown !== undefined) {
    return `${unknown ?? 'NotAction'} isn't possible here. Use sts:AssumeRole or sts:AssumeRoleWithWebIdentity.`;
  }
  const { AWS = [], Service, Federated = [] } = Principal ?? NotPrincipal ?? {};
  if (Service) return 'Remove Service. AWS services never call this site.';
  const wrong = AWS.find(
    (name) => !ACCOUNT.test(name) && !USER_OR_ROLE.test(name) && !(Effect === 'Deny' && name === '*'),
  );
  if (wrong === '*') return 'Name who may assume the role. "*" would let everybody.';
  if (wrong !== undefined)
    return `"${wrong}" isn't a principal. Use a registry's 12 digits, or the ARN of a user or role.`;
  const foreign = Federated.find(
    (name) => !context.issuers.some((issuer) => providerName(context.registryId, issuer) === name),
  );
  if (foreign !== undefined) return `The registry has no identity provider ${foreign}. Add it first.`;
  if (Effect === 'Deny') return null;
  if (Action.includes('sts:AssumeRole') && AWS.length === 0)
    return 'Add the accounts, users or roles as AWS principals.';
  if (!Action.includes('sts:AssumeRoleWithWebIdentity')) return null;
  if (Federated.length === 0) return 'Add the identity provider as Federated principal.';
  return (
    Federated.map((name) => findOpenProvider(statement, name, context)).find((problem) => problem !== null) ?? null
  );
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

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('invalid_input', `Invalid trust policy. ${message}`, {
    cause,
    detail: { fieldErrors: { trustPolicy: message } },
  });
}
