// Audits calls of the AWS APIs that no use case records: reads, logins, steps of a push, and refused calls. They are
// counted in memory, like pulls.
import type { IncomingMessage } from 'node:http';
import type { AppError } from '#lib/platform/errors.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import type { AwsApp } from '../aws-app.ts';
import { toFault } from '../aws-error.ts';
import type { AwsOperation, Call } from '../define-operations.ts';
import { isReadOperation } from '../is-read-operation.ts';

/** Recorded by the pull log. */
const PULLS = new Set(['BatchGetImage']);
const PUSH_STEPS = new Set(['InitiateLayerUpload', 'UploadLayerPart', 'CompleteLayerUpload']);
/** Faults that refuse a call. All others mean that the request is wrong or the site failed. */
const REFUSALS = new Set(['AccessDeniedException', 'ThrottlingException', 'LimitExceededException']);
const BAD_CREDENTIALS = new Set(['UnrecognizedClientException', 'InvalidSignatureException', 'ExpiredTokenException']);
const KEY_ID = /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/;

type Asked = { call: Call; operation: AwsOperation; input: unknown };

/** Counts a call that succeeded, unless it recorded a change. */
export function recordAwsCall(app: Pick<AwsApp, 'apiCallLog'>, { call, operation, input }: Asked): void {
  const { name } = operation;
  if (PULLS.has(name) || !(isReadOperation(name) || PUSH_STEPS.has(name))) return;
  app.apiCallLog.note({ action: 'api.call', ...describeCall({ call, operation, input }, call.registry) });
}

/** Counts a call that its caller may not make, or not now. */
export function recordRefusedCall(app: Pick<AwsApp, 'attemptLog'>, asked: Asked, error: AppError): void {
  const { type: reason } = toFault(error, asked.operation.shape.errors);
  if (REFUSALS.has(reason))
    app.attemptLog.note({ action: 'api.refuse', reason, ...describeCall(asked, asked.call.holder) });
}

/** Counts credentials that aren't valid. A key's id isn't a secret, and nobody has proven to be its holder. */
export function recordBadCredentials(app: Pick<AwsApp, 'attemptLog'>, req: IncomingMessage, error: AppError): void {
  const { type: reason } = toFault(error, null);
  if (!BAD_CREDENTIALS.has(reason)) return;
  const [accessKeyId = null] = KEY_ID.exec(`${req.headers.authorization ?? ''} ${req.url ?? ''}`) ?? [];
  app.attemptLog.note({
    action: 'login.fail',
    target: '',
    reason,
    userId: null,
    credential: 'access_key',
    accessKeyId,
    address: readClientAddress(req),
    userAgent: req.headers['user-agent'] ?? null,
  });
}

/** @param registry whose audit log shows the call */
function describeCall({ call: { holder, caller, service }, operation, input }: Asked, { alias }: { alias: string }) {
  const name = repositoryIn(input);
  return {
    operation: `${service}:${operation.name}`,
    target: name === null ? '' : `${alias}/${name}`,
    alias,
    userId: holder.principal.userId,
    credential: 'access_key',
    accessKeyId: holder.accessKeyId,
    address: caller.context.address,
    userAgent: caller.context.userAgent,
  };
}

function repositoryIn(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('repositoryName' in input)) return null;
  return typeof input.repositoryName === 'string' ? input.repositoryName : null;
}
