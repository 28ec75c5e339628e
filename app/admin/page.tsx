import { redirect } from 'next/navigation';
import { RESERVED_NAMES } from '#components/links.ts';
import { requireAdmin } from '../_lib/staff.ts';

export default async function AdminHomePage() {
  await requireAdmin();
  redirect(RESERVED_NAMES);
}
