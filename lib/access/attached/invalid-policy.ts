import { AppError } from '#lib/platform/errors.ts';
import type { PolicyFinding } from './schema.ts';

/** Returns an `invalid_input` with the findings as detail. Its message is the first error, with line and column. */
export function invalidPolicy(findings: PolicyFinding[]): AppError {
  const first = findings.find(({ severity }) => severity === 'error');
  const message = first ? `Line ${first.line}, column ${first.column}: ${first.message}` : 'This is not a policy.';
  return new AppError('invalid_input', message, { detail: { fieldErrors: { policy: message }, findings } });
}
