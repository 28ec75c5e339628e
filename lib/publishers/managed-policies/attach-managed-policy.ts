import { MAX_ATTACHED_POLICIES } from '#lib/identity/attached-policies/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changeAttachments, type AttachmentQuestion } from './change-attachments.ts';

/**
 * Attaches a managed policy to a member, robot, role or team, unless it is attached already.
 * @throws AppError `forbidden`, `not_found`, `quota_exceeded`
 */
export async function attachManagedPolicy(app: { db: Db }, question: AttachmentQuestion): Promise<void> {
  const { policy } = question;
  await changeAttachments(app, question, (references, holder) => {
    if (references.includes(policy)) return [...references];
    if (references.length < MAX_ATTACHED_POLICIES) return [...references, policy].sort();
    const message = `${holder} can have at most ${MAX_ATTACHED_POLICIES} attached policies. Detach one first.`;
    throw new AppError('quota_exceeded', message);
  });
}
