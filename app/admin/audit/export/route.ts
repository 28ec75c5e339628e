import { notFound } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { streamAudit } from '#lib/api/rest/exports/stream-audit.ts';
import { getApp } from '#lib/app.ts';
import { auditFormatSchema } from '#lib/events/format-audit.ts';
import { parseAuditParams } from '../../../_lib/audit/audit-params.ts';
import { findAuditRegistry } from '../../../_lib/audit/find-audit-registry.ts';
import { requireAdmin } from '../../../_lib/session/staff.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const caller = await requireAdmin();
  const { texts, filter } = parseAuditParams(Object.fromEntries(request.nextUrl.searchParams));
  const format = auditFormatSchema.catch('jsonl').parse(request.nextUrl.searchParams.get('format') ?? undefined);
  const registryKey = texts.registry === '' ? null : ((await findAuditRegistry(texts.registry)) ?? notFound());
  return streamAudit(getApp(), { caller, registryKey, filter }, format);
}
