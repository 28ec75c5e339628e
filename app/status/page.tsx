import type { Metadata } from 'next';
import { STATUS } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import { absoluteTime } from '#components/ui/time-ago.tsx';
import { readPublicStatus, type Service, type ServiceState } from '#lib/api/read-public-status.ts';
import { getApp } from '#lib/app.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Status', alternates: { canonical: STATUS } };

const SERVICES: { service: Service; name: string; text: string }[] = [
  { service: 'pulls', name: 'Pulls', text: 'Pages and docker pull' },
  { service: 'pushes', name: 'Pushes', text: 'docker push and mirroring' },
  { service: 'search', name: 'Search', text: 'Search and suggestions' },
  { service: 'background', name: 'Background work', text: 'Indexing, emails and clean-up' },
];
const STATES: Record<ServiceState, { text: string; look: string }> = {
  working: { text: 'Working', look: 'text-accent' },
  limited: { text: 'Limited', look: 'text-warning' },
  down: { text: 'Down', look: 'text-danger' },
};

export default async function StatusPage() {
  const { services, checkedAt } = await readPublicStatus(getApp());
  const isSound = SERVICES.every(({ service }) => services[service] === 'working');
  return (
    <SitePage>
      <div className="max-w-2xl">
        <h1 className="mb-4 text-xl font-semibold">Status</h1>
        <Notice tone={isSound ? 'success' : 'warning'}>
          {isSound ? 'Everything works.' : 'Some parts of this site are limited.'}
        </Notice>
        <dl className="mt-4 divide-y divide-line rounded-lg border border-line">
          {SERVICES.map(({ service, name, text }) => {
            const state = STATES[services[service]];
            return (
              <div className="flex items-center justify-between gap-4 px-4 py-3" key={service}>
                <dt>
                  <span className="block font-semibold">{name}</span>
                  <span className="block text-muted">{text}</span>
                </dt>
                <dd className={`font-medium ${state.look}`}>{state.text}</dd>
              </div>
            );
          })}
        </dl>
        <p className="mt-3 text-sm text-muted">Checked {absoluteTime(checkedAt)}</p>
      </div>
    </SitePage>
  );
}
