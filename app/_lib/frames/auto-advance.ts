import { cookies } from 'next/headers';

const COOKIE = 'review-advance';
const YEAR_SECONDS = 31_536_000;

/** Returns whether to open the next request after a decision. */
export async function isAutoAdvanceOn(): Promise<boolean> {
  return (await cookies()).get(COOKIE)?.value === '1';
}

/** For server actions. */
export async function setAutoAdvance(isOn: boolean): Promise<void> {
  const options = { path: '/review', maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true } as const;
  (await cookies()).set(COOKIE, isOn ? '1' : '0', options);
}
