import { isAllowed } from '#lib/access/authorize.ts';
import { notFound } from 'next/navigation';
import type { Caller } from '#lib/access/schema.ts';
import { getCaller } from './session.ts';

/** Pages for reviewers are not there for anybody else. */
export async function requireReviewer(): Promise<Caller> {
  const caller = await getCaller();
  return caller && isAllowed({ principal: caller.actor, action: 'vitrine:ListReviewQueue' }) ? caller : notFound();
}

export async function requireAdmin(): Promise<Caller> {
  const caller = await getCaller();
  return caller && isAllowed({ principal: caller.actor, action: 'vitrine:ReadSite' }) ? caller : notFound();
}
