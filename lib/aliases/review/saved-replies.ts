// Reviewers' message templates.
import { requireAllowed } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { oneLine } from '#lib/platform/one-line.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { messageSchema } from '#lib/aliases/schema.ts';

const savedReplySchema = z.object({
  title: oneLine(80).min(1, 'Enter a title.'),
  body: messageSchema,
});

export type SavedReplyView = { id: string; title: string; body: string };
type SavedReplyInput = { caller: UserCaller; title: string; body: string };

/** @throws AppError `forbidden` */
export async function listSavedReplies(app: { db: Db }, { caller }: { caller: UserCaller }): Promise<SavedReplyView[]> {
  requireReviewer(caller);
  return app.db.savedReply.findMany({ orderBy: { title: 'asc' }, select: { id: true, title: true, body: true } });
}

/** @throws AppError `forbidden`, `invalid_input`, `name_taken` */
export async function addSavedReply(app: { db: Db }, { caller, ...input }: SavedReplyInput): Promise<SavedReplyView> {
  requireReviewer(caller);
  const reply = parseInput(savedReplySchema, input);
  return app.db.$transaction(async (tx) => {
    const { id } = await tx.savedReply
      .create({ data: reply })
      .catch((cause: unknown) => rethrowTitleError(cause, reply.title));
    await recordChange(tx, { caller, type: 'saved-reply.add', resource: { name: reply.title }, after: reply });
    return { id, ...reply };
  });
}

/** @throws AppError `forbidden`, `not_found`, `invalid_input`, `name_taken` */
export async function changeSavedReply(
  app: { db: Db },
  { caller, id, ...input }: SavedReplyInput & { id: string },
): Promise<void> {
  requireReviewer(caller);
  const reply = parseInput(savedReplySchema, input);
  await app.db.$transaction(async (tx) => {
    const before = await tx.savedReply.findUnique({ where: { id: parseId(id) } });
    if (!before) throw unknownReply();
    await tx.savedReply
      .update({ where: { id: before.id }, data: reply })
      .catch((cause: unknown) => rethrowTitleError(cause, reply.title));
    const change = { before: { title: before.title, body: before.body }, after: reply };
    await recordChange(tx, { caller, type: 'saved-reply.change', resource: { name: reply.title }, ...change });
  });
}

/** @throws AppError `forbidden`, `not_found` */
export async function removeSavedReply(
  app: { db: Db },
  { caller, id }: { caller: UserCaller; id: string },
): Promise<void> {
  requireReviewer(caller);
  await app.db.$transaction(async (tx) => {
    const reply = await tx.savedReply.findUnique({ where: { id: parseId(id) } });
    if (!reply) throw unknownReply();
    await tx.savedReply.delete({ where: { id: reply.id } });
    const { title, body } = reply;
    await recordChange(tx, { caller, type: 'saved-reply.remove', resource: { name: title }, before: { title, body } });
  });
}

function requireReviewer(caller: UserCaller): void {
  requireAllowed({ ...caller, action: 'vitrine:ManageSavedReplies' });
}

function parseId(id: string): string {
  if (!z.uuid().safeParse(id).success) throw unknownReply();
  return id;
}

function rethrowTitleError(cause: unknown, title: string): never {
  if (errorCode(cause) !== 'P2002') throw cause;
  const sentence = `A reply named “${title}” already exists.`;
  throw new AppError('name_taken', sentence, { cause, detail: { fieldErrors: { title: sentence } } });
}

function unknownReply(): AppError {
  return new AppError('not_found', 'Saved reply not found.');
}
