// Publishers of the demo star what others publish. The more a repository is pulled, the more of them do.
import type { App } from '#lib/app.ts';
import { chance } from './chance.ts';

export type StarredDemo = { repositoryId: bigint; fullName: string; ownerId: string; pullCount: number; since: Date };

/** With a million pulls, nearly everyone stars it. */
const PULLS_OF_A_STAR = 1_000_000;

export async function addDemoStars(
  app: App,
  { repositories, userIds, now }: { repositories: StarredDemo[]; userIds: string[]; now: Date },
): Promise<void> {
  const data = repositories.flatMap(({ repositoryId, fullName, ownerId, pullCount, since }) => {
    const likelihood = Math.min(0.95, Math.log10(1 + pullCount) / Math.log10(PULLS_OF_A_STAR));
    const fans = userIds.filter((userId, at) => userId !== ownerId && chance(`${fullName} star ${at}`) < likelihood);
    return fans.map((userId, at) => {
      const age = (now.getTime() - since.getTime()) * chance(`${fullName} starred ${at}`);
      return { repositoryId, userId, createdAt: new Date(now.getTime() - age) };
    });
  });
  await app.db.star.createMany({ data, skipDuplicates: true });
}
