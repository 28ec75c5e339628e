// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html
import { isAppError } from '#lib/platform/errors.ts';
import { deleteRegistryPolicy } from '#lib/repositories/registry-policy/delete-registry-policy.ts';
import { readRegistryPolicy } from '#lib/repositories/registry-policy/read-registry-policy.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { formatAwsPolicy, toInvalidPolicyText } from '../repository-policies.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';

/** @throws AppError `InvalidParameterException` that names the fault */
export async function putAwsRegistryPolicy(app: AwsApp, call: Call, { policyText }: { policyText: string }) {
  requireAwsAllowed(call);
  const { caller, holder } = call;
  await setRegistryPolicy(app, { caller, registryKey: holder.registryKey, text: policyText }).catch(
    toInvalidPolicyText,
  );
  return present(call, policyText);
}

export async function getAwsRegistryPolicy(app: AwsApp, call: Call) {
  requireAwsAllowed(call);
  const { caller, holder } = call;
  const { policy } = await readRegistryPolicy(app, { caller, registryKey: holder.registryKey });
  if (policy === null) throw policyNotFound(call);
  return present(call, policy);
}

export async function deleteAwsRegistryPolicy(app: AwsApp, call: Call) {
  requireAwsAllowed(call);
  const { caller, holder } = call;
  const policy = await deleteRegistryPolicy(app, { caller, registryKey: holder.registryKey }).catch(
    (error: unknown) => {
      throw isAppError(error) && error.code === 'not_found' ? policyNotFound(call) : error;
    },
  );
  return present(call, policy);
}

function present({ holder }: Call, policy: string) {
  return { registryId: holder.membership.registryId, policyText: formatAwsPolicy(policy) };
}

function policyNotFound({ holder }: Call) {
  const message = `Registry policy does not exist in the registry with id '${holder.membership.registryId}'`;
  return awsError('RegistryPolicyNotFoundException', message);
}
