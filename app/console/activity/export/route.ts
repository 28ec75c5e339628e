import { notFound } from 'next/navigation';
import type { NextRequest } from 'next/server';
import { ACTIVITY } from '#components/links.ts';
import { streamLines } from '#lib/api/rest/stream-lines.ts';
import { getApp } from '#lib/app.ts';
import { exportAudit } from '#lib/catalog/read-audit.ts';
import { parseAuditParams } from '../../../_lib/audit-params.ts';
import { listOwnAudits } from '../../../_lib/own-audits.ts';
import { requireCaller } from '../../../_lib/session.ts';

export async function GET(request: NextRequest): Promise<Response> {
  const caller = await requireCaller(ACTIVITY);
  const { texts, filter } = parseAuditParams(Object.fromEntries(request.nextUrl.searchParams));
  const { registries, chosen } = await listOwnAudits(caller, texts.registry);
  const asked = texts.registry === '' ? chosen : registries.find(({ registryId }) => registryId === texts.registry);
  if (!asked) notFound();
  return streamLines(await exportAudit(getApp(), { caller, registryId: asked.id, filter }), 'audit.jsonl');
}
