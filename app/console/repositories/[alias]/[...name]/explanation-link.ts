import { consoleRepositoryLink } from '#components/links.ts';
import { roleName } from '#lib/access/resource-names.ts';
import { parseRobotAddress, parseRoleAddress } from '#lib/access/schema.ts';
import type { AuditEventView } from '#lib/events/read-audit.ts';
import { isSimulated } from '#lib/repositories/simulator/parse-question.ts';

const REFUSED: Record<string, string | undefined> = { 'push.refuse': 'push', 'delete.refuse': 'delete' };

type RefusedRequest = Pick<AuditEventView, 'action' | 'actor' | 'address' | 'at' | 'after'>;

/** Somebody that the reader may know by name, unlike "another user". */
const IS_NAMED = /@|^(?:robot|role):|^anonymous$/;

/** Returns the address at which the access simulator explains a refused request. Null for other events, and if the reader
 * may not know who asked. */
export function explanationLink(
  path: { alias: string; name: string },
  { action, actor, address, at, after }: RefusedRequest,
): string | null {
  const asked = action === 'api.refuse' ? findOperation(after) : (REFUSED[action] ?? null);
  if (asked === null || !IS_NAMED.test(actor)) return null;
  const query = { principal: toPrincipal(actor), action: asked, address: address ?? '', at: at.toISOString() };
  return `${consoleRepositoryLink({ ...path, tab: 'access' }, query)}#simulator`;
}

/** Returns the operation of the AWS APIs. Null for others, and for those that the simulator doesn't explain. */
function findOperation(after: unknown): string | null {
  if (typeof after !== 'object' || after === null || !('operation' in after)) return null;
  const { operation } = after;
  return typeof operation === 'string' && isSimulated(operation) ? operation : null;
}

/** Returns the caller's name as the simulator expects it. */
function toPrincipal(actor: string): string {
  const role = parseRoleAddress(actor);
  if (!role) return parseRobotAddress(actor)?.name ?? actor;
  const { registryId, sessionName } = role;
  return sessionName === undefined
    ? roleName(registryId, role.role)
    : `arn:aws:sts::${registryId}:assumed-role/${role.role}/${sessionName}`;
}
