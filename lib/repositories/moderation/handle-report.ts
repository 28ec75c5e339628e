import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';

export const handleReportSchema = z.object({
  outcome: z.enum(['dismissed', 'acted_on']),
  /** For the audit log. */
  note: z.string().trim().max(1_000, 'Enter at most 1000 characters.').transform(toStorableText).default(''),
});

export type HandleReportInput = z.input<typeof handleReportSchema> & { caller: UserCaller; id: string };

/** Closes a report. Acting on the page is a separate decision. @throws AppError `forbidden`, `not_found`, `conflict` */
export async function handleReport(app: { db: Db }, { caller, id, ...input }: HandleReportInput): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:HandleReports' });
  const { outcome, note } = parseInput(handleReportSchema, input);
  if (!z.uuid().safeParse(id).success) throw new AppError('not_found', "The report doesn't exist.");
  await app.db.$transaction(async (tx) => {
    const [report] = await tx.report.updateManyAndReturn({
      where: { id, status: 'open' },
      data: { status: outcome, handledById: caller.principal.userId, handledAt: new Date() },
    });
    if (!report) {
      const isThere = (await tx.report.count({ where: { id } })) > 0;
      if (isThere)
        throw new AppError('conflict', 'This report has already been handled. Reload the page to see the outcome.');
      throw new AppError('not_found', "The report doesn't exist.");
    }
    const change = { before: { reason: report.reason }, after: { outcome, note } };
    await recordChange(tx, { caller, type: 'report.handle', resource: { name: report.target }, ...change });
  });
}
