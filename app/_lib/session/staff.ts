import type { Metadata } from 'next';
import { isAllowed } from '#lib/access/authorize.ts';
import { notFound, redirect } from 'next/navigation';
import { SECURITY } from '#components/links.ts';
import type { Action } from '#lib/access/actions.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getCaller } from './session.ts';

/** Returns 404 for everyone else. */
export async function requireReviewer(): Promise<UserCaller> {
  return requireStaff('vitrine:ListReviewQueue');
}

export async function requireAdmin(): Promise<UserCaller> {
  return requireStaff('vitrine:ReadSite');
}

/** Metadata of a page for admins. Like the page, it doesn't exist for anyone else. */
export async function adminMetadata(title: string): Promise<Metadata> {
  await requireAdmin();
  return { title, robots: { index: false } };
}

export async function reviewerMetadata(title: string): Promise<Metadata> {
  await requireReviewer();
  return { title, robots: { index: false } };
}

/** Leads staff without the second factor that the site requires to the page where they add one. */
async function requireStaff(action: Action): Promise<UserCaller> {
  const caller = await getCaller();
  if (caller?.principal.isFactorMissing) redirect(SECURITY);
  return caller && isAllowed({ ...caller, action }) ? caller : notFound();
}
