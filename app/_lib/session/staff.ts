import { isAllowed } from '#lib/access/authorize.ts';
import { notFound } from 'next/navigation';
import type { UserCaller } from '#lib/access/schema.ts';
import { getCaller } from './session.ts';

/** Pages for reviewers are not there for anybody else. */
export async function requireReviewer(): Promise<UserCaller> {
  const caller = await getCaller();
  return caller && isAllowed({ ...caller, action: 'vitrine:ListReviewQueue' }) ? caller : notFound();
}

export async function requireAdmin(): Promise<UserCaller> {
  const caller = await getCaller();
  return caller && isAllowed({ ...caller, action: 'vitrine:ReadSite' }) ? caller : notFound();
}
