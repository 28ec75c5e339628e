import { z } from 'zod';
import { ANONYMOUS } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { attemptKey } from '#lib/identity/sessions/attempt-keys.ts';
import { countAttempt } from '#lib/identity/sessions/count-attempt.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { findRegistryByAlias, findRepository } from '#lib/repositories/find-repository.ts';
import { toStorableText } from '#lib/platform/storable-text.ts';
import { MAX_REPORT_LENGTH, REPORT_REASONS, type ReportReason } from '#lib/repositories/schema.ts';

const MAX_PER_HOUR = 5;

export const reportSchema = z.object({
  /** `ALIAS` or `ALIAS/NAME`. */
  target: z.string().trim().min(1).max(300),
  reason: z.enum(Object.keys(REPORT_REASONS) as [ReportReason, ...ReportReason[]], { error: 'Choose a reason.' }),
  text: z
    .string()
    .trim()
    .min(10, 'Describe the problem in a sentence or two.')
    .max(MAX_REPORT_LENGTH, `Enter at most ${MAX_REPORT_LENGTH} characters.`)
    .transform(toStorableText),
  /** For questions. Optional. */
  email: emailSchema.nullable().default(null),
});

export type ReportPageInput = z.input<typeof reportSchema> & { address: string | null };

/** Open to anonymous visitors. @throws AppError `invalid_input`, `not_found`, `rate_limited` */
export async function reportPage(app: { db: Db }, { address, ...input }: ReportPageInput): Promise<{ id: string }> {
  const report = parseInput(reportSchema, input);
  if (!(await isPublic(app, report.target))) {
    throw new AppError('not_found', `The page ${report.target} isn't public or doesn't exist.`);
  }
  const client = address === null ? 'unknown' : networkOf(address);
  const sentence = "You've sent too many reports.";
  await countAttempt(app, { key: attemptKey(`report ${client}`), limit: MAX_PER_HOUR, sentence });
  return app.db.$transaction(async (tx) => {
    const { target, reason } = report;
    // Not recorded in the publisher's registry, because publishers must not learn who reported them.
    const caller = { principal: ANONYMOUS, context: { address, requestId: null } };
    await recordChange(tx, { caller, type: 'report.create', resource: { name: target }, after: { reason } });
    return tx.report.create({ data: { ...report, address }, select: { id: true } });
  });
}

/** Keeps reports from disclosing hidden pages. */
async function isPublic(app: { db: Db }, target: string): Promise<boolean> {
  if (!target.includes('/')) return (await findRegistryByAlias(app, target)) !== null;
  const repository = await findRepository(app, target);
  return repository?.visibility === 'public' && repository.quarantineReason === null;
}
