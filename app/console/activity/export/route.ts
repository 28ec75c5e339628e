import { notFound } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { ACTIVITY } from '#components/links.ts';
import { streamAudit } from '#lib/api/rest/exports/stream-audit.ts';
import { getApp } from '#lib/app.ts';
import { auditFormatSchema } from '#lib/events/format-audit.ts';
import { parseAuditParams } from '../../../_lib/audit/audit-params.ts';
import { listOwnAudits } from '../../../_lib/audit/own-audits.ts';
import { requireCaller } from '../../../_lib/session/session.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const caller = await requireCaller(ACTIVITY);
  const { texts, filter } = parseAuditParams(Object.fromEntries(request.nextUrl.searchParams));
  const format = auditFormatSchema.catch('jsonl').parse(request.nextUrl.searchParams.get('format') ?? undefined);
  const { registries, chosen } = await listOwnAudits(caller, texts.registry);
  const asked = texts.registry === '' ? chosen : registries.find(({ registryId }) => registryId === texts.registry);
  if (!asked) notFound();
  return streamAudit(getApp(), { caller, registryKey: asked.id, filter }, format);
}
