// Principals whose pulls don't update lastRecordedPullTime.
import { z } from 'zod';
import { principalName } from '#lib/access/resource-names.ts';
import { isRobotName, parseRobotAddress, robotAddress } from '#lib/access/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { excludePulls } from '#lib/publishers/pull-times/exclude-pulls.ts';
import { includePulls } from '#lib/publishers/pull-times/include-pulls.ts';
import type { AwsApp } from './aws-app.ts';
import { awsError } from './aws-error.ts';
import type { Call } from './define-operations.ts';
import { openPageToken, sealPageToken } from './page-token.ts';
import { requireAwsAllowed } from './require-aws-allowed.ts';

const USER_ARN = /^arn:aws(?:-[a-z]+)*:iam::([0-9]{12}):user\/(.+)$/;
const DEFAULT_RESULTS = 100;

type Asked = { principalArn: string };

export async function registerExclusion(app: AwsApp, call: Call, { principalArn }: Asked) {
  requireAwsAllowed(call);
  const { caller, holder } = call;
  const asked = { caller, registryKey: holder.registryKey, userId: await findMemberId(app, call, principalArn) };
  const { createdAt } = await excludePulls(app, asked).catch((error: unknown) => {
    if (!isAppError(error)) throw error;
    if (error.code === 'not_found') throw noMember(principalArn);
    if (error.code !== 'conflict') throw error;
    throw awsError('ExclusionAlreadyExistsException', `Pulls of ${principalArn} are already excluded.`);
  });
  return { principalArn, createdAt };
}

export async function deregisterExclusion(app: AwsApp, call: Call, { principalArn }: Asked) {
  requireAwsAllowed(call);
  const { caller, holder } = call;
  const asked = { caller, registryKey: holder.registryKey, userId: await findMemberId(app, call, principalArn) };
  await includePulls(app, asked).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== 'not_found') throw error;
    throw awsError('ExclusionNotFoundException', `Pulls of ${principalArn} aren't excluded.`);
  });
  return { principalArn };
}

export async function listExclusions(
  app: AwsApp,
  call: Call,
  { maxResults = DEFAULT_RESULTS, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
) {
  requireAwsAllowed(call);
  const { registryKey, membership } = call.holder;
  const key = app.authKeys.awsPages;
  const question = [call.action, membership.registryId];
  const after = openPageToken(key, question, { token: nextToken, schema: z.string() });
  const rows = await app.db.pullTimeExclusion.findMany({
    where: { registryKey, ...(after !== null && { userId: { gt: after } }) },
    orderBy: { userId: 'asc' },
    take: maxResults + 1,
    select: { userId: true, member: { select: { user: { select: { email: true } } } } },
  });
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  return {
    pullTimeUpdateExclusions: page.map(({ userId, member }) => {
      const robot = parseRobotAddress(member.user.email) ?? undefined;
      return principalName(membership.registryId, { userId, robot });
    }),
    ...(rows.length > maxResults && last && { nextToken: sealPageToken(key, question, last.userId) }),
  };
}

/**
 * Returns the user id that the ARN of a member contains, or that a robot's name stands for.
 * @throws AppError `ValidationException` for roles, and for principals of other registries
 */
async function findMemberId(app: AwsApp, { holder }: Call, principalArn: string): Promise<string> {
  const [, registryId, name] = USER_ARN.exec(principalArn) ?? [];
  if (registryId !== holder.membership.registryId || name === undefined) throw noMember(principalArn);
  if (!isRobotName(name)) return name;
  const email = robotAddress({ registryId, name });
  const robot = await app.db.user.findUnique({ where: { email }, select: { id: true } });
  return robot?.id ?? name;
}

function noMember(principalArn: string) {
  return awsError('ValidationException', `${principalArn} isn't a member of this registry. Roles can't be excluded.`);
}
