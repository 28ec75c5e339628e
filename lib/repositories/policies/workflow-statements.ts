// The statements by which a repository takes pushes from one workflow only. Browser-safe.
import { z } from 'zod';
import { issuerSchema } from '#lib/publishers/identity-providers/schema.ts';
import type { Visibility } from '#lib/repositories/schema.ts';

/** Services that tell a repository's id and a workflow's file in their tokens. */
export const WORKFLOW_SERVICES = ['github', 'gitlab'] as const;
export type WorkflowService = (typeof WORKFLOW_SERVICES)[number];

export type TrustedWorkflow = {
  service: WorkflowService;
  issuer: string;
  /** A number, because a name can be given to somebody else. */
  repositoryId: string;
  /** The file and the branch or tag, as in the token. `*` matches any characters. */
  workflow: string;
};

type WorkflowPart = Exclude<keyof TrustedWorkflow, 'service'>;

/** Issuers that users need not name. Other servers of the same software have others. */
export const SERVICE_ISSUERS: Record<WorkflowService, string> = {
  github: 'https://token.actions.githubusercontent.com',
  gitlab: 'https://gitlab.com',
};

export const WORKFLOW_EXAMPLES: Record<WorkflowService, string> = {
  github: 'OWNER/REPOSITORY/.github/workflows/publish.yml@refs/heads/main',
  gitlab: 'gitlab.com/GROUP/PROJECT//.gitlab-ci.yml@refs/heads/main',
};

/** Only GitLab's have two slashes. `$` would begin a variable of the policy. */
const WORKFLOWS: Record<WorkflowService, RegExp> = {
  github: /^(?![^@]*\/\/)[^\s/@$]+\/[^\s/@$]+\/[^\s@$]+@[^\s@$]+$/,
  gitlab: /^[^\s/@$]+\/[^\s@$]+\/\/[^\s@$]+@[^\s@$]+$/,
};

const MAX_WORKFLOW_LENGTH = 512;

export const trustedWorkflowSchema = z
  .object({
    issuer: issuerSchema.nullable().default(null),
    repositoryId: z
      .string()
      .trim()
      .regex(/^[1-9]\d{0,18}$/, 'Enter the numeric id.'),
    workflow: z.string().trim().max(MAX_WORKFLOW_LENGTH, `Use at most ${MAX_WORKFLOW_LENGTH} characters.`),
  })
  .transform(({ issuer, repositoryId, workflow }, context): TrustedWorkflow => {
    const service = WORKFLOW_SERVICES.find((one) => WORKFLOWS[one].test(workflow));
    if (service) return { service, issuer: issuer ?? SERVICE_ISSUERS[service], repositoryId, workflow };
    const message = `Enter the file with its branch or tag: ${WORKFLOW_EXAMPLES.github} or ${WORKFLOW_EXAMPLES.gitlab}.`;
    context.addIssue({ code: 'custom', path: ['workflow'], message });
    return z.NEVER;
  });

/** Without an issuer, it is GitHub or GitLab by the form of the workflow. */
export type NewTrustedWorkflow = z.input<typeof trustedWorkflowSchema>;

const SIDS: Record<WorkflowPart, string> = {
  issuer: 'OnlyThisIssuer',
  repositoryId: 'OnlyThisRepository',
  workflow: 'OnlyThisWorkflow',
};
const CLAIMS: Record<WorkflowService, Record<WorkflowPart, string>> = {
  github: { issuer: 'iss', repositoryId: 'repository_id', workflow: 'job_workflow_ref' },
  gitlab: { issuer: 'iss', repositoryId: 'project_id', workflow: 'ci_config_ref_uri' },
};
const PARTS = ['issuer', 'repositoryId', 'workflow'] as const;

/** Layers that exist may still be looked up, as by a pull. */
const WRITES = ['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload', 'PutImage'];

export function pushActions(visibility: Visibility): string[] {
  const service = visibility === 'public' ? 'ecr-public' : 'ecr';
  return WRITES.map((name) => `${service}:${name}`);
}

/**
 * Writes a statement for each claim, because conditions of one statement must all hold before it denies. A caller without
 * the claim is denied as well.
 */
export function writeWorkflowStatements(workflow: TrustedWorkflow, visibility: Visibility): { Sid: string }[] {
  return PARTS.map((part) => {
    const value = workflow[part];
    const operator = /[*?]/.test(value) ? 'StringNotLike' : 'StringNotEquals';
    return {
      Sid: SIDS[part],
      Effect: 'Deny',
      Principal: '*',
      Action: pushActions(visibility),
      Condition: { [operator]: { [`vitrine:claim/${CLAIMS[workflow.service][part]}`]: value } },
    };
  });
}

type Comparison = { claim: string; value: string; visibility: Visibility };

const oneText = z.union([z.string(), z.tuple([z.string()]).transform(([text]) => text)]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Deny'),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: oneText.pipe(z.literal('*')) })]),
  Action: z.array(z.string()),
  Condition: z.union([
    z.strictObject({ StringNotEquals: z.record(z.string(), oneText) }),
    z.strictObject({ StringNotLike: z.record(z.string(), oneText) }),
  ]),
});

/** Reads a statement of the form that `writeWorkflowStatements` writes. Null for any other. */
function readComparison(statement: unknown): Comparison | null {
  const parsed = statementSchema.safeParse(statement);
  if (!parsed.success) return null;
  const { Action: actions, Condition: condition } = parsed.data;
  const visibility = (['private', 'public'] as const).find((one) => isSame(actions, pushActions(one)));
  const [[key, value] = ['', ''], ...more] = Object.values(condition).flatMap((keys) => Object.entries(keys));
  const claim = /^vitrine:claim\/(.+)$/.exec(key)?.[1];
  const isOwn = claim !== undefined && Object.values(CLAIMS).some((claims) => Object.values(claims).includes(claim));
  return visibility && isOwn && more.length === 0 ? { claim, value, visibility } : null;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text) => other.includes(text));
}

export type FoundWorkflow = TrustedWorkflow & {
  /** False if the statements are about a repository of the other visibility, so that they deny nothing. */
  isInEffect: boolean;
};

/** Finds the one workflow that a policy lets push. Null if anybody else may push, or nobody. */
export function findTrustedWorkflow(statements: readonly unknown[], visibility: Visibility): FoundWorkflow | null {
  const found = statements.flatMap((statement) => readComparison(statement) ?? []);
  const inEffect = readWorkflow(found.filter((one) => one.visibility === visibility));
  if (inEffect) return { ...inEffect, isInEffect: true };
  const other = readWorkflow(found.filter((one) => one.visibility !== visibility));
  return other && { ...other, isInEffect: false };
}

function readWorkflow(found: readonly Comparison[]): TrustedWorkflow | null {
  for (const service of WORKFLOW_SERVICES) {
    const [issuer, repositoryId, workflow] = PARTS.map((part) => {
      const values = new Set(found.filter(({ claim }) => claim === CLAIMS[service][part]).map(({ value }) => value));
      return values.size === 1 ? [...values][0] : undefined;
    });
    if (issuer !== undefined && repositoryId !== undefined && workflow !== undefined) {
      return { service, issuer, repositoryId, workflow };
    }
  }
  return null;
}

/** Returns the other statements. */
export function withoutWorkflow(statements: readonly unknown[]): unknown[] {
  return statements.filter((statement) => readComparison(statement) === null);
}
