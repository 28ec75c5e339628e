import { notFound } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { streamLines } from '#lib/api/rest/stream-lines.ts';
import { getApp } from '#lib/app.ts';
import { exportAudit } from '#lib/catalog/read-audit.ts';
import { parseAuditParams } from '../../../_lib/audit-params.ts';
import { findAuditRegistry } from '../../../_lib/find-audit-registry.ts';
import { requireAdmin } from '../../../_lib/staff.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const caller = await requireAdmin();
  const { texts, filter } = parseAuditParams(Object.fromEntries(request.nextUrl.searchParams));
  const registryId = texts.registry === '' ? null : ((await findAuditRegistry(texts.registry)) ?? notFound());
  return streamLines(await exportAudit(getApp(), { caller, registryId, filter }), 'audit.jsonl');
}
