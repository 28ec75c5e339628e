import { requireAllowed } from '#lib/access/authorize.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { IS_PERSON } from '#lib/identity/accounts/people.ts';
import { countJobs } from '#lib/platform/jobs/read-queue.sql.ts';
import type { Db } from '#lib/platform/pg/db.ts';

export type SiteOverview = {
  /** Pending work. */
  openReports: number;
  openRequests: number;
  quarantined: number;
  failedJobs: number;
  users: number;
  registries: number;
  repositories: number;
};

/** @throws AppError `forbidden` */
export async function readSiteOverview({ db }: { db: Db }, { caller }: { caller: UserCaller }): Promise<SiteOverview> {
  requireAllowed({ ...caller, action: 'vitrine:ReadSite' });
  const [openReports, openRequests, quarantined, { failed }, users, registries, repositories] = await Promise.all([
    db.report.count({ where: { status: 'open' } }),
    db.aliasRequest.count({ where: { status: { in: ['submitted', 'in_review', 'appealed'] } } }),
    db.repository.count({ where: { quarantinedAt: { not: null }, registryKey: NOT_DELETED } }),
    countJobs({ db }),
    db.user.count({ where: IS_PERSON }),
    db.registry.count({ where: { id: NOT_DELETED } }),
    db.repository.count({ where: { registryKey: NOT_DELETED } }),
  ]);
  return { openReports, openRequests, quarantined, failedJobs: failed, users, registries, repositories };
}
