import { exportReservedNames } from '#lib/aliases/reserved/export-reserved-names.ts';
import { getApp } from '#lib/app.ts';
import { requireAdmin } from '../../../_lib/session/staff.ts';

export async function GET(): Promise<Response> {
  const caller = await requireAdmin();
  const csv = await exportReservedNames(getApp(), { caller });
  return new Response(csv, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="reserved-names.csv"',
      'Cache-Control': 'no-store',
    },
  });
}
