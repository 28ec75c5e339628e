// AWS operations that this site doesn't support yet. Reads return the empty default. Writes are refused, so that nothing
// is stored without an effect.
import type { Action } from '#lib/access/actions.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';
import { requireAwsAllowed } from './require-aws-allowed.ts';

const SCANNING = "Image scanning isn't supported yet.";
const SIGNING = "Managed signing isn't supported yet. Sign images with cosign or notation.";

export const UNSUPPORTED: Partial<Record<Action, string>> = {
  'ecr:PutRegistryScanningConfiguration': SCANNING,
  'ecr:PutImageScanningConfiguration': SCANNING,
  'ecr:StartImageScan': SCANNING,
  'ecr:PutSigningConfiguration': SIGNING,
};

/** Refuses an unsupported operation. Callers without the permission get the usual denial. */
export function refuseUnsupported(_app: AwsApp, call: Call): Promise<never> {
  requireAwsAllowed(call);
  return Promise.reject(unsupported(call));
}

export function unsupported({ action, service }: Call) {
  const type = service === 'ecr-public' ? 'UnsupportedCommandException' : 'ValidationException';
  return awsError(type, UNSUPPORTED[action] ?? `${action} isn't supported yet.`);
}
