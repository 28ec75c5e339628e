import type { IncomingMessage } from 'node:http';
import { awsError } from '../aws-error.ts';
import type { AwsOperation } from '../define-operations.ts';
import { checkAwsInput } from '../parse-aws-input.ts';
import { STS_OPERATIONS } from './sts-operations.ts';

const VERSION = '2011-06-15';

/**
 * Reads a call of the query protocol from the form, or from the query of a GET.
 * @throws AppError `UnknownOperationException`, `InvalidParameterException`
 */
export function readStsRequest(
  { method, url = '' }: IncomingMessage,
  body: Buffer,
): { operation: AwsOperation; input: unknown } {
  const form = new URLSearchParams(method === 'GET' ? url.slice(url.indexOf('?')) : body.toString('utf8'));
  const [action, version] = [form.get('Action') ?? '', form.get('Version') ?? ''];
  const operation = STS_OPERATIONS.find(({ name }) => name === action);
  if (!operation || version !== VERSION) {
    const message = `Could not find operation ${shown(action)} for version ${shown(version)}`;
    throw awsError('UnknownOperationException', message);
  }
  return { operation, input: checkAwsInput(operation.shape.input, Object.fromEntries(form)) };
}

function shown(text: string): string {
  return text.replace(/[^\w.-]/g, '').slice(0, 64) || 'NO_ACTION';
}
