import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changePolicies, type HolderQuestion } from './policy-holder.ts';

/** @throws AppError `forbidden`, `not_found` */
export async function deleteIdentityPolicy(
  app: { db: Db },
  { name, ...question }: HolderQuestion & { name: string },
): Promise<void> {
  await changePolicies(app, { ...question, name }, (policies) => {
    const others = policies.filter((policy) => policy.name !== name);
    if (others.length === policies.length) throw new AppError('not_found', `There is no policy ${name}.`);
    return others;
  });
}
