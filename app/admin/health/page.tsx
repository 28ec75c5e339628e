import type { ReactNode } from 'react';
import { HEALTH } from '#components/links.ts';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { countOf, formatBytes, formatCount } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { absoluteTime, TimeAgo } from '#components/ui/time-ago.tsx';
import { readSiteHealth, type SiteHealth } from '#lib/api/read-site-health.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import { getApp } from '#lib/app.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';

export const generateMetadata = () => adminMetadata('Health');

const LOW_DISK_SHARE = 0.1;
const FAILURE_COLUMNS = ['Job', 'Last attempt', 'Attempts', 'Next attempt', 'Error'];

export default async function HealthPage() {
  const caller = await requireAdmin();
  const health = await readSiteHealth(getApp(), { caller });
  const { database, blobStore, disk, search, jobs, versions, startedAt } = health;
  return (
    <AdminPage at={HEALTH}>
      <h1 className="mb-4 text-xl font-semibold">Health</h1>
      <Problems problems={findProblems(health)} />
      <dl className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
        <Part name="Database">
          Responds in {formatCount(database.answerMs)} ms
          <br />
          {formatBytes(database.sizeBytes)}
        </Part>
        <Part name="Blob store">
          {blobStore.problem ? 'Not writable' : 'Writable'}
          <br />
          {countOf(blobStore.blobCount, 'blob')}, {formatBytes(blobStore.sizeBytes)}
          {blobStore.damagedCount > 0 && (
            <>
              <br />
              {formatCount(blobStore.damagedCount)} damaged
            </>
          )}
        </Part>
        <Part name="Disk">
          {disk === null ? (
            'Not available'
          ) : (
            <>
              {formatByteSize(disk.freeBytes)} free
              <br />
              of {formatByteSize(disk.totalBytes)}
              <br />
              {formatByteSize(disk.reserveBytes)} reserved
            </>
          )}
        </Part>
        <Part name="Search">
          {search.engine === 'meilisearch' ? 'Meilisearch' : 'In the database'}
          <br />
          {search.problem ? 'Unavailable' : countOf(search.documentCount, 'repository', 'repositories')}
        </Part>
        <Part name="Background work">
          {formatCount(jobs.waiting)} waiting, {formatCount(jobs.running)} running
          <br />
          {formatCount(jobs.failed)} failed
        </Part>
        <Part name="Vitrine">{versions.vitrine}</Part>
        <Part name="Node.js">{versions.node}</Part>
        <Part name="PostgreSQL">{versions.postgres}</Part>
        <Part name="This process">Running since {absoluteTime(startedAt)}</Part>
      </dl>
      <Failures failures={jobs.failures} />
    </AdminPage>
  );
}

function findProblems({ blobStore, disk, search, jobs, pausedRuns }: SiteHealth): string[] {
  return [
    ...pausedRuns.map(({ reason }) => `Garbage collection is paused. ${reason}`),
    ...(blobStore.problem ? [`Pushes are failing. ${blobStore.problem}`] : []),
    ...(blobStore.damagedCount > 0 ? [describeDamage(blobStore.damagedCount)] : []),
    ...(disk !== null && disk.freeBytes < disk.totalBytes * LOW_DISK_SHARE ? ['The disk is nearly full.'] : []),
    ...(search.problem ? [`Meilisearch is unavailable, so searches use the database. ${search.problem}`] : []),
    ...(jobs.failed > 0 ? [`${countOf(jobs.failed, 'job')} failed permanently.`] : []),
  ];
}

function describeDamage(count: number): string {
  const what = `${countOf(count, 'blob')} in the store ${count === 1 ? 'is' : 'are'} damaged`;
  return `${what}. Pulls of damaged blobs fail until they are pushed again. The command “scrub” lists them.`;
}

function Problems({ problems }: { problems: string[] }) {
  return (
    <div className="mb-6 flex flex-col gap-2">
      {problems.length === 0 && <Notice tone="success">Everything works.</Notice>}
      {problems.map((problem) => (
        <Notice key={problem} tone="warning">
          {problem}
        </Notice>
      ))}
    </div>
  );
}

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="rounded-lg border border-line px-4 py-3">
      <dt className="font-semibold">{name}</dt>
      <dd className="text-muted tabular-nums">{children}</dd>
    </div>
  );
}

function Failures({ failures }: { failures: SiteHealth['jobs']['failures'] }) {
  if (failures.length === 0) return null;
  return (
    <section aria-labelledby="failures" className="mt-8">
      <h2 className="mb-2 text-lg font-semibold" id="failures">
        Failed jobs
      </h2>
      <DenseTable columns={FAILURE_COLUMNS} label="Table of failed jobs" width="medium">
        {failures.map(({ id, job, attempts, maxAttempts, error, failedAt, nextTryAt }) => (
          <DenseRow columns={FAILURE_COLUMNS} key={id}>
            <th className="text-left font-mono" scope="row">
              {job}
            </th>
            <td>
              <TimeAgo date={failedAt} />
            </td>
            <td className="tabular-nums">
              {attempts} of {maxAttempts}
            </td>
            <td>{nextTryAt ? <TimeAgo date={nextTryAt} /> : 'None'}</td>
            <td className="max-w-96 font-mono text-xs break-words">{error}</td>
          </DenseRow>
        ))}
      </DenseTable>
    </section>
  );
}
