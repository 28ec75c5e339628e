import { isAllowed } from '#lib/access/authorize.ts';
import { notFound } from 'next/navigation';
import type { UserCaller } from '#lib/access/schema.ts';
import { getCaller } from './session.ts';

/** Returns 404 for everyone else. */
export async function requireReviewer(): Promise<UserCaller> {
  const caller = await getCaller();
  return caller && isAllowed({ ...caller, action: 'vitrine:ListReviewQueue' }) ? caller : notFound();
}

export async function requireAdmin(): Promise<UserCaller> {
  const caller = await getCaller();
  return caller && isAllowed({ ...caller, action: 'vitrine:ReadSite' }) ? caller : notFound();
}
