import { notFound } from 'next/navigation';
import { canAdminister, canReview } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/access/schema.ts';
import { getCaller } from './session.ts';

/** Pages for reviewers are not there for anybody else. */
export async function requireReviewer(): Promise<Caller> {
  const caller = await getCaller();
  return caller && canReview(caller.actor) ? caller : notFound();
}

export async function requireAdmin(): Promise<Caller> {
  const caller = await getCaller();
  return caller && canAdminister(caller.actor) ? caller : notFound();
}
