// The IAM policy grammar. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
import { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';
import { isOperator } from './condition-operators.ts';

const toList = (value: unknown) => (Array.isArray(value) || value === undefined ? value : [value]);
const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(toList, z.array(schema).min(1, 'Enter at least one value.'));
const texts = listOf(z.string());

const ACTION = /^(?:\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+)$/;
const actions = listOf(
  z.string().regex(ACTION, 'An action must be "*" or "service:Name", where the name may contain wildcards.'),
);

const principals = z.preprocess(
  (value) => (value === '*' ? { AWS: ['*'] } : value),
  z.strictObject({ AWS: texts.optional(), Service: texts.optional(), Federated: texts.optional() }),
);

const conditionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditions = z.record(
  z.string().refine(isOperator, 'Unknown condition operator.'),
  z.record(z.string().min(1), listOf(conditionValue)),
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
  Statement: z.preprocess(toList, z.array(statement)).refine(hasUniqueSids, 'Two statements have the same Sid.'),
});

export type PrincipalElement = { AWS?: string[]; Service?: string[]; Federated?: string[] };
export type PolicyDocument = z.output<typeof document>;
export type Statement = PolicyDocument['Statement'][number];

/** `identity`: attached to a principal, so it can't contain Principal. `resource`: attached to a resource. */
export type PolicyKind = 'identity' | 'resource';

/** What is wrong with a policy, and where: the keys and indexes that lead there. */
export type PolicyFault = { path: readonly PropertyKey[]; message: string };

/** @throws AppError `invalid_input` with a message that names the invalid element */
export function parsePolicy(input: unknown, kind: PolicyKind): PolicyDocument {
  const read = readPolicy(input, kind);
  if (!('message' in read)) return read;
  const path = read.path.join('.');
  throw new AppError('invalid_input', `Invalid policy. ${path ? `${path}: ` : ''}${read.message}`);
}

export function readPolicy(input: unknown, kind: PolicyKind): PolicyDocument | PolicyFault {
  const result = document.safeParse(input);
  if (result.success) return findMisfit(result.data, kind) ?? result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return { path: [...issue.path, key], message: `"${key}" isn't an element of policies.` };
  }
  const inner = issue?.code === 'invalid_key' ? issue.issues[0] : issue;
  return { path: issue?.path ?? [], message: inner?.message ?? 'This is not a policy.' };
}

function findMisfit({ Statement: statements }: PolicyDocument, kind: PolicyKind): PolicyFault | null {
  for (const [index, { Principal, NotPrincipal, Resource, NotResource }] of statements.entries()) {
    const hasPrincipal = Boolean(Principal ?? NotPrincipal);
    const hasResource = Boolean(Resource ?? NotResource);
    const path = ['Statement', index];
    if (kind === 'identity' && hasPrincipal) {
      const message = 'Remove Principal. An identity policy applies to the user, robot or role it is attached to.';
      return { path, message };
    }
    if (kind === 'identity' && !hasResource) return { path, message: 'Add Resource or NotResource.' };
    if (kind === 'resource' && !hasPrincipal) return { path, message: 'Add Principal or NotPrincipal.' };
  }
  return null;
}

function hasUniqueSids(statements: { Sid?: string | undefined }[]): boolean {
  const sids = statements.flatMap(({ Sid }) => (Sid ? [Sid] : []));
  return new Set(sids).size === sids.length;
}
