import type { AuditEventView } from '#lib/events/read-audit.ts';
import type { AuditedAction } from '#lib/events/event-types.ts';
import { isReadOperation } from '../is-read-operation.ts';

export type CloudTrailName = {
  /** `vitrine` for events without an AWS equivalent. */
  source: string;
  name: string;
  isReadOnly: boolean;
};

/** The AWS operation that does the same. */
const OPERATIONS: Partial<Record<AuditedAction, string>> = {
  'image.pull': 'ecr:BatchGetImage',
  'login.succeed': 'ecr:GetAuthorizationToken',
  'login.fail': 'ecr:GetAuthorizationToken',
  'manifest.push': 'ecr:PutImage',
  'tag.create': 'ecr:PutImage',
  'tag.move': 'ecr:PutImage',
  'push.refuse': 'ecr:PutImage',
  'manifest.delete': 'ecr:BatchDeleteImage',
  'tag.delete': 'ecr:BatchDeleteImage',
  'delete.refuse': 'ecr:BatchDeleteImage',
  'repository.create': 'ecr:CreateRepository',
  'repository.delete': 'ecr:DeleteRepository',
  'repository.update-catalog-data': 'ecr-public:PutRepositoryCatalogData',
  'repository.set-tag-mutability': 'ecr:PutImageTagMutability',
  'repository.set-lifecycle-policy': 'ecr:PutLifecyclePolicy',
  'repository.run-lifecycle-policy': 'ecr:PolicyExecutionEvent',
  'manifest.archive': 'ecr:UpdateImageStorageClass',
  'manifest.unarchive': 'ecr:UpdateImageStorageClass',
  'repository.set-policy': 'ecr:SetRepositoryPolicy',
  'repository.tag-resource': 'ecr:TagResource',
  'registry.add-pull-through-rule': 'ecr:CreatePullThroughCacheRule',
  'registry.update-pull-through-rule': 'ecr:UpdatePullThroughCacheRule',
  'registry.remove-pull-through-rule': 'ecr:DeletePullThroughCacheRule',
  'registry.add-creation-template': 'ecr:CreateRepositoryCreationTemplate',
  'registry.update-creation-template': 'ecr:UpdateRepositoryCreationTemplate',
  'registry.remove-creation-template': 'ecr:DeleteRepositoryCreationTemplate',
  'registry.set-blob-mounting': 'ecr:PutAccountSetting',
  'registry.set-policy': 'ecr:PutRegistryPolicy',
  'registry.set-policy-scope': 'ecr:PutAccountSetting',
  'member.exclude-pulls': 'ecr:RegisterPullTimeUpdateExclusion',
  'member.include-pulls': 'ecr:DeregisterPullTimeUpdateExclusion',
  'registry.update-profile': 'ecr-public:PutRegistryCatalogData',
  'robot.create': 'iam:CreateUser',
  'robot.update': 'iam:UpdateUser',
  'robot.remove': 'iam:DeleteUser',
  'access-key.create': 'iam:CreateAccessKey',
  'access-key.disable': 'iam:UpdateAccessKey',
  'access-key.enable': 'iam:UpdateAccessKey',
  'access-key.delete': 'iam:DeleteAccessKey',
};

export function findCloudTrailName({ action, after }: Pick<AuditEventView, 'action' | 'after'>): CloudTrailName {
  const operation = operationIn(after) ?? (OPERATIONS as Record<string, string | undefined>)[action];
  if (operation === undefined) return { source: 'vitrine', name: toPascalCase(action), isReadOnly: false };
  const [service = '', name = ''] = operation.split(':');
  // Actions that only exist here.
  const source = service === 'vitrine' ? service : `${service}.amazonaws.com`;
  return { source, name, isReadOnly: isReadOperation(name) };
}

function operationIn(after: unknown): string | undefined {
  if (typeof after !== 'object' || after === null || !('operation' in after)) return undefined;
  return typeof after.operation === 'string' ? after.operation : undefined;
}

/** `alias-request.put_back` becomes `AliasRequestPutBack`. */
function toPascalCase(action: string): string {
  return action.replace(/(?:^|[^a-z0-9])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
