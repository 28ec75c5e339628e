import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changeAttachments, type AttachmentQuestion } from './change-attachments.ts';

/** Detaches a managed policy from a member, robot, role or team. @throws AppError `forbidden`, `not_found` */
export async function detachManagedPolicy(app: { db: Db }, question: AttachmentQuestion): Promise<void> {
  const { policy } = question;
  await changeAttachments(app, question, (references, holder) => {
    const others = references.filter((reference) => reference !== policy);
    if (others.length < references.length) return others;
    throw new AppError('not_found', `The policy ${policy} isn’t attached to ${holder}.`);
  });
}
