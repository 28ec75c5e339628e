// Policies of repositories, as both services have them.
import { formatPolicy } from '#lib/access/attached/format-policy.ts';
import { MAX_POLICY_LENGTH } from '#lib/access/attached/schema.ts';
import { parsePolicy, type PolicyDocument } from '#lib/access/policy-document.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { deleteRepositoryPolicy } from '#lib/repositories/policies/delete-repository-policy.ts';
import { readRepositoryPolicy } from '#lib/repositories/policies/read-repository-policy.ts';
import { setRepositoryPolicy } from '#lib/repositories/policies/set-repository-policy.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError, invalidParameter } from './aws-error.ts';
import type { Call } from './define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from './find-aws-repository.ts';

type NewPolicy = AddressedRepository & { policyText: string; force?: boolean | undefined };

/** @throws AppError `InvalidParameterException` that names the fault, which Terraform then doesn't retry */
export async function setAwsPolicy(app: AwsApp, call: Call, { policyText, force, ...named }: NewPolicy) {
  const { fullName, name } = await requireAwsRepository(app, call, named);
  const { document } = await setRepositoryPolicy(app, {
    caller: call.caller,
    fullName,
    text: policyText,
    force,
  }).catch(toInvalidPolicyText);
  return present(call, name, formatWithin(document, policyText));
}

export async function getAwsPolicy(app: AwsApp, call: Call, named: AddressedRepository) {
  const { fullName, name } = await requireAwsRepository(app, call, named);
  const { policy } = await readRepositoryPolicy(app, { caller: call.caller, fullName });
  if (policy === null) throw policyNotFound(call, name);
  return present(call, name, formatAwsPolicy(policy));
}

export async function deleteAwsPolicy(app: AwsApp, call: Call, named: AddressedRepository) {
  const { fullName, name } = await requireAwsRepository(app, call, named);
  const policy = await deleteRepositoryPolicy(app, { caller: call.caller, fullName }).catch((error: unknown) => {
    throw isAppError(error) && error.code === 'not_found' ? policyNotFound(call, name) : error;
  });
  return present(call, name, formatAwsPolicy(policy));
}

export function toInvalidPolicyText(error: unknown): never {
  throw isAppError(error) && error.code === 'invalid_input' ? invalidPolicyText(error.message) : error;
}

/** The member as AWS spells it. */
export function invalidPolicyText(reason: string) {
  return invalidParameter('PolicyText', reason);
}

/** Spells a stored policy as AWS would. */
export function formatAwsPolicy(text: string): string {
  return formatWithin(parsePolicy(JSON.parse(text), 'resource'), text);
}

/** Answers are as limited as requests, and spaces and full ARNs take room. */
function formatWithin(document: PolicyDocument, text: string): string {
  const formatted = formatPolicy(document);
  return formatted.length <= MAX_POLICY_LENGTH ? formatted : text;
}

function present({ registry }: Call, repositoryName: string, policyText: string) {
  return { registryId: registry.membership.registryId, repositoryName, policyText };
}

function policyNotFound({ registry }: Call, repositoryName: string) {
  return awsError(
    'RepositoryPolicyNotFoundException',
    `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registry.membership.registryId}'`,
  );
}
