import { z } from 'zod';
import { findAttached } from '#lib/access/attached/attached-policy.ts';
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { repositoryNotFound, requireAwsRegistry, visibilityOf } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { requireAwsAllowed } from '../require-aws-allowed.ts';
import { SHOWN, type ShownRepository } from './present-repository.ts';

const DEFAULT_RESULTS = 100;

type Asked = {
  registryId?: string | undefined;
  repositoryNames?: string[] | undefined;
  maxResults?: number | undefined;
  nextToken?: string | undefined;
};

type DescribedPage = { rows: ShownRepository[]; nextToken?: string };

/**
 * Finds the named repositories, or lists a page by name.
 * @throws AppError `AccessDeniedException`, `RepositoryNotFoundException`, `InvalidParameterException`
 */
export async function describeRepositories(app: AwsApp, call: Call, asked: Asked): Promise<DescribedPage> {
  const { registryId, repositoryNames, maxResults, nextToken } = asked;
  if (!repositoryNames) {
    await requireAwsRegistry(app, call, { registryId });
    return listPage(app, call, asked);
  }
  if (maxResults !== undefined || nextToken !== undefined) {
    throw invalidParameter('repositoryNames', 'must not be combined with maxResults or nextToken');
  }
  return { rows: await findNamed(app, call, [...new Set(repositoryNames)]) };
}

async function findNamed(app: AwsApp, call: Call, names: string[]): Promise<ShownRepository[]> {
  const { membership, alias, named } = call.registry;
  const where = { ...ownedBy(call), name: { in: names } };
  const found = await app.db.repository.findMany({ where, select: { ...SHOWN, policy: true } });
  const rows = new Map(found.map((row) => [row.name, row]));
  return names.map((name) => {
    const row = rows.get(name);
    const policy = findAttached(app, row?.policy ?? null);
    requireAwsAllowed(call, {
      membership,
      named,
      facts: { fullName: `${alias}/${name}`, visibility: visibilityOf(call), policy },
    });
    if (!row) throw repositoryNotFound(call, name);
    return row;
  });
}

async function listPage(
  app: AwsApp,
  call: Call,
  { maxResults = DEFAULT_RESULTS, nextToken }: Asked,
): Promise<DescribedPage> {
  const key = app.authKeys.awsPages;
  const question = [call.action, call.holder.membership.registryId];
  const after = openPageToken(key, question, { token: nextToken, schema: z.string() });
  const rows = await app.db.repository.findMany({
    where: { ...ownedBy(call), ...(after !== null && { name: { gt: after } }) },
    orderBy: { name: 'asc' },
    take: maxResults + 1,
    select: SHOWN,
  });
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  if (rows.length <= maxResults || !last) return { rows: page };
  return { rows: page, nextToken: sealPageToken(key, question, last.name) };
}

function ownedBy(call: Call) {
  return { registryKey: call.registry.registryKey, visibility: visibilityOf(call) };
}
