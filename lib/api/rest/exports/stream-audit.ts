import { exportAudit, type AuditEventView, type ReadAuditInput } from '#lib/events/read-audit.ts';
import type { SiteAddress } from '#lib/access/schema.ts';
import { toCsv, toJsonLines, type AuditFormat } from '#lib/events/format-audit.ts';
import { toCloudTrail } from '#lib/api/aws/cloudtrail/to-cloud-trail.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { streamLines } from './stream-lines.ts';

type Events = AsyncIterable<AuditEventView>;
type Export = {
  fileName: string;
  mediaType: string;
  format: (events: Events, site: SiteAddress) => AsyncIterable<string>;
};

const EXPORTS: Record<AuditFormat, Export> = {
  jsonl: { fileName: 'audit.jsonl', mediaType: 'application/jsonl', format: toJsonLines },
  csv: { fileName: 'audit.csv', mediaType: 'text/csv', format: toCsv },
  cloudtrail: {
    fileName: 'cloudtrail.jsonl',
    mediaType: 'application/jsonl',
    format: (events, site) => toJsonLines(toRecords(events, site)),
  },
};

/** Exports all matching events as a file. @throws AppError `forbidden` */
export async function streamAudit(app: { db: Db }, input: ReadAuditInput, format: AuditFormat): Promise<Response> {
  const { fileName, mediaType, format: toLines } = EXPORTS[format];
  return streamLines(toLines(await exportAudit(app, input), input.caller.context.site), { fileName, mediaType });
}

async function* toRecords(events: Events, site: SiteAddress): AsyncGenerator<unknown> {
  for await (const event of events) yield toCloudTrail(event, site);
}
