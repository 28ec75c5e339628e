// Resource tags of both services.
import { findResourceTags } from '#lib/repositories/resource-tags/find-resource-tags.ts';
import { tagResource } from '#lib/repositories/resource-tags/tag-resource.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import { parseAwsTags, toTagError, type AwsTag } from './aws-tags.ts';
import { requireTaggedRepository } from './find-tagged-repository.ts';

type Asked = { resourceArn: string };

export async function addResourceTags(
  app: AwsApp,
  call: Call,
  { resourceArn, tags }: Asked & { tags: AwsTag[] },
): Promise<Record<never, never>> {
  const parsed = parseAwsTags(tags);
  const named = { requestTags: parsed, tagKeys: parsed.map(({ key }) => key) };
  const { fullName } = await requireTaggedRepository(app, call, resourceArn, named);
  await change(app, call, { fullName, tags: parsed });
  return {};
}

export async function removeResourceTags(
  app: AwsApp,
  call: Call,
  { resourceArn, tagKeys }: Asked & { tagKeys: string[] },
): Promise<Record<never, never>> {
  const { fullName } = await requireTaggedRepository(app, call, resourceArn, { tagKeys });
  await change(app, call, { fullName, tags: [], removed: tagKeys });
  return {};
}

export async function listResourceTags(app: AwsApp, call: Call, { resourceArn }: Asked) {
  const { id } = await requireTaggedRepository(app, call, resourceArn);
  const rows = await findResourceTags(app, { repositoryId: id });
  return { tags: rows.map(({ key: Key, value: Value }) => ({ Key, Value })) };
}

type Changed = Pick<Parameters<typeof tagResource>[1], 'fullName' | 'tags' | 'removed'>;

async function change(app: AwsApp, { caller, action }: Call, changed: Changed): Promise<void> {
  await tagResource(app, { caller, action, ...changed }).catch((error: unknown) => {
    throw toTagError(error);
  });
}
