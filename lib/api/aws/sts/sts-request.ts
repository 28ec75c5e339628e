import type { IncomingMessage } from 'node:http';
import { awsError } from '../aws-error.ts';
import type { AwsOperation } from '../define-operations.ts';
import { checkAwsInput } from '../parse-aws-input.ts';
import { STS_OPERATIONS } from './sts-operations.ts';

const VERSION = '2011-06-15';

/** A call of the query protocol, from the form or from the query of a GET. */
export type StsForm = { action: string; version: string; members: Record<string, string> };

export function readStsForm({ method, url = '' }: IncomingMessage, body: Buffer): StsForm {
  const form = new URLSearchParams(method === 'GET' ? url.slice(url.indexOf('?')) : body.toString('utf8'));
  return { action: form.get('Action') ?? '', version: form.get('Version') ?? '', members: Object.fromEntries(form) };
}

/** Whether it proves by a token who calls, instead of by a signature. */
export function isWebIdentityCall({ action, version }: StsForm): boolean {
  return action === 'AssumeRoleWithWebIdentity' && version === VERSION;
}

/** @throws AppError `UnknownOperationException`, `InvalidParameterException` */
export function readStsRequest({ action, version, members }: StsForm): { operation: AwsOperation; input: unknown } {
  const operation = STS_OPERATIONS.find(({ name }) => name === action);
  if (!operation || version !== VERSION) {
    const message = `Could not find operation ${shown(action)} for version ${shown(version)}`;
    throw awsError('UnknownOperationException', message);
  }
  return { operation, input: checkAwsInput(operation.shape.input, members) };
}

function shown(text: string): string {
  return text.replace(/[^\w.-]/g, '').slice(0, 64) || 'NO_ACTION';
}
