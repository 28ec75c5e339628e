import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { listTemplates, type CreationTemplate } from './template-rows.ts';

/**
 * Lists a registry's templates by prefix.
 * @throws AppError `forbidden`
 */
export async function showTemplates(
  app: { db: Db },
  { caller, registryKey }: { caller: UserCaller; registryKey: bigint },
): Promise<CreationTemplate[]> {
  await authorize(app, { ...caller, action: 'ecr:DescribeRepositoryCreationTemplates', registryKey });
  return listTemplates(app, { registryKey });
}
