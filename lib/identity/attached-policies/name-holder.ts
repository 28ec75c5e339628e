import { parseRobotAddress, parseRoleAddress } from '#lib/access/schema.ts';

/** Names a member as the audit log does when it has policies: by email address, or the name of a robot or role. */
export function nameHolder(email: string): string {
  return parseRobotAddress(email)?.name ?? parseRoleAddress(email)?.role ?? email;
}
