// The IAM policy grammar. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import { isOperator } from './condition-operators.ts';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => (Array.isArray(value) ? value : [value]));

const ACTION = /^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+)$/;
const actions = texts.pipe(
  z.array(z.string().regex(ACTION, 'An action must be "*" or "service:Name", where the name may contain wildcards.')),
);

const principals = z.union([
  z.literal('*').transform((): PrincipalElement => ({ AWS: ['*'] })),
  z.strictObject({ AWS: texts.optional(), Service: texts.optional(), Federated: texts.optional() }),
]);

const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditions = z.record(
  z.string().refine(isOperator, 'Unknown condition operator.'),
  z.record(
    z.string().min(1),
    z.union([conditionValue, z.array(conditionValue)]).transform((value) => (Array.isArray(value) ? value : [value])),
  ),
);

const statement = z
  .strictObject({
    Sid: z.string().optional(),
    Effect: z.enum(['Allow', 'Deny']),
    Principal: principals.optional(),
    NotPrincipal: principals.optional(),
    Action: actions.optional(),
    NotAction: actions.optional(),
    Resource: texts.optional(),
    NotResource: texts.optional(),
    Condition: conditions.optional(),
  })
  .refine(({ Action, NotAction }) => !Action !== !NotAction, 'A statement needs either Action or NotAction.')
  .refine(({ Resource, NotResource }) => !Resource || !NotResource, 'Use either Resource or NotResource.')
  .refine(({ Principal, NotPrincipal }) => !Principal || !NotPrincipal, 'Use either Principal or NotPrincipal.')
  .refine(
    ({ Effect, NotPrincipal }) => Effect === 'Deny' || !NotPrincipal,
    "NotPrincipal can't be combined with Allow, because it would allow anonymous clients. Use Principal.",
  );

const document = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).default('2008-10-17'),
  Id: z.string().optional(),
  Statement: z
    .union([statement, z.array(statement)])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .refine(hasUniqueSids, 'Two statements have the same Sid.'),
});

export type PrincipalElement = { AWS?: string[]; Service?: string[]; Federated?: string[] };
export type PolicyDocument = z.output<typeof document>;
export type Statement = PolicyDocument['Statement'][number];

/** `identity`: attached to a principal, so it can't contain Principal. `resource`: attached to a resource. */
export type PolicyKind = 'identity' | 'resource';

/** @throws AppError `invalid_input` with a message that names the invalid element */
export function parsePolicy(input: unknown, kind: PolicyKind): PolicyDocument {
  const result = document.safeParse(input);
  if (!result.success) {
    const [issue] = result.error.issues;
    const path = issue?.path.join('.');
    throw invalidPolicy(path ? `${path}: ${issue?.message}` : (issue?.message ?? ''));
  }
  result.data.Statement.forEach((parsed, index) => checkKind(parsed, kind, index));
  return result.data;
}

function checkKind(parsed: Statement, kind: PolicyKind, index: number): void {
  const hasPrincipal = Boolean(parsed.Principal ?? parsed.NotPrincipal);
  const hasResource = Boolean(parsed.Resource ?? parsed.NotResource);
  const at = `Statement.${index}`;
  if (kind === 'identity' && hasPrincipal) {
    throw invalidPolicy(
      `${at}: Remove Principal. An identity policy applies to the user, robot or role it is attached to.`,
    );
  }
  if (kind === 'identity' && !hasResource) throw invalidPolicy(`${at}: Add Resource or NotResource.`);
  if (kind === 'resource' && !hasPrincipal) throw invalidPolicy(`${at}: Add Principal or NotPrincipal.`);
}

function invalidPolicy(message: string): AppError {
  return new AppError('invalid_input', `Invalid policy. ${message}`);
}

function hasUniqueSids(statements: { Sid?: string | undefined }[]): boolean {
  const sids = statements.flatMap(({ Sid }) => (Sid ? [Sid] : []));
  return new Set(sids).size === sids.length;
}
