import type { Metadata } from 'next';
import { ReportForm } from '#components/catalog/report-form.tsx';
import { MAX_REPORT_LENGTH, REPORT_REASONS } from '#lib/repositories/schema.ts';
import { textParam, type RawSearchParams } from '../_lib/search-params.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';
import { report } from './actions.ts';

export const metadata: Metadata = { title: 'Report a page', robots: { index: false } };

export default async function ReportPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const target = textParam(await searchParams, 'target');
  return (
    <SitePage isNarrow>
      <h1 className="mb-1 text-xl font-semibold">Report a page</h1>
      <p className="mb-6 text-muted">Reports go to the operator of this site, not to the publisher.</p>
      <ReportForm
        action={report}
        maxLength={MAX_REPORT_LENGTH}
        reasons={Object.entries(REPORT_REASONS).map(([value, text]) => ({ value, text }))}
        target={target}
      />
    </SitePage>
  );
}
