import {
  ADMIN,
  ADMIN_REGISTRIES,
  ADMIN_REPORTS,
  ADMIN_USERS,
  HEALTH,
  HOME,
  QUARANTINE,
  REVIEW,
} from '#components/links.ts';
import { SetupSteps } from '#components/home/setup-steps.tsx';
import { formatCount } from '#components/ui/format-number.ts';
import { readSetupSteps } from '#lib/api/read-setup-steps.ts';
import { readSiteOverview } from '#lib/api/read-site-overview.ts';
import { getApp } from '#lib/app.ts';
import { AdminPage } from '../_lib/frames/admin-page.tsx';
import { adminMetadata, requireAdmin } from '../_lib/session/staff.ts';

export const generateMetadata = () => adminMetadata('Admin');

type Figure = { text: string; count: number; href: string };

export default async function AdminHomePage() {
  const caller = await requireAdmin();
  const [overview, steps] = await Promise.all([
    readSiteOverview(getApp(), { caller }),
    readSetupSteps(getApp(), { caller }),
  ]);
  const isSetUp = Object.values(steps).every(Boolean);
  const waiting = [
    { text: 'Open reports', count: overview.openReports, href: ADMIN_REPORTS },
    { text: 'Alias requests to review', count: overview.openRequests, href: REVIEW },
    { text: 'In quarantine', count: overview.quarantined, href: QUARANTINE },
    { text: 'Failed jobs', count: overview.failedJobs, href: HEALTH },
  ];
  const existing = [
    { text: 'Users', count: overview.users, href: ADMIN_USERS },
    { text: 'Registries', count: overview.registries, href: ADMIN_REGISTRIES },
    { text: 'Repositories', count: overview.repositories, href: HOME },
  ];
  return (
    <AdminPage at={ADMIN}>
      <h1 className="sr-only">Overview</h1>
      {!isSetUp && (
        <div className="mb-8 max-w-2xl">
          <SetupSteps steps={steps} />
        </div>
      )}
      <Figures figures={waiting} isUrging title="Needs attention" />
      <Figures figures={existing} title="Totals" />
    </AdminPage>
  );
}

function Figures({ title, figures, isUrging = false }: { title: string; figures: Figure[]; isUrging?: boolean }) {
  return (
    <section aria-label={title} className="mb-8">
      <h2 className="mb-2 font-semibold">{title}</h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {figures.map(({ text, count, href }) => (
          <li key={text}>
            <a className="block rounded-lg border border-line px-4 py-3 hover:bg-surface" href={href}>
              <span
                className={`block text-2xl font-semibold tabular-nums ${isUrging && count > 0 ? 'text-warning' : ''}`}
              >
                {formatCount(count)}
              </span>
              <span className="text-muted">{text}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
