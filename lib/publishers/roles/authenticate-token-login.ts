import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { isRobotName, roleAddress, type RequestContext, type UserPrincipal } from '#lib/access/schema.ts';
import { findKeyHolder, noteKeyUse } from '#lib/identity/access-keys/find-key-holder.ts';
import { AppError, toAppError } from '#lib/platform/errors.ts';
import { assumeRoleByWebIdentity } from './assume-role-by-web-identity.ts';
import { MIN_SESSION_SECONDS } from './schema.ts';
import { toTokenUse } from './use-token-once.ts';

type App = Parameters<typeof assumeRoleByWebIdentity>[0] & { pool: pg.Pool; policies?: PolicyCache };

/** A registry's id and the name of its role. */
export type NamedRole = { registryId: string; roleName: string };

/** Reads a role as a user name, `REGISTRYID/ROLE`, because user names can't have the colons of an ARN. */
export function parseRoleUserName(text: string): NamedRole | null {
  const [, registryId, roleName] = /^(\d{12})\/(.+)$/.exec(text) ?? [];
  return registryId !== undefined && roleName !== undefined && isRobotName(roleName) ? { registryId, roleName } : null;
}

const SESSION_NAME = 'docker';

/**
 * Authenticates by a workload's token as the password. The first use opens a session of 15 minutes, as exchangeToken does.
 * Docker sends the password again for each image, so the same token stands for that session while it lasts. Then it has
 * been used.
 * @throws AppError `unauthenticated` with the messages of exchangeToken, and if the role doesn't accept tokens as passwords.
 *   The detail of a token that was valid once says `isStale`
 */
export async function authenticateTokenLogin(
  app: App,
  { role, token, context }: { role: NamedRole; token: string; context: RequestContext },
): Promise<UserPrincipal> {
  const loginTokenHash = createHash('sha256').update(token).digest('hex');
  const find = () => findSession(app, { role, loginTokenHash, context });
  const known = await find();
  if (known) return known;
  try {
    await assumeRoleByWebIdentity(app, {
      ...role,
      token,
      context,
      sessionName: SESSION_NAME,
      durationSeconds: MIN_SESSION_SECONDS,
      use: (identity, { acceptsTokenLogin }) => {
        if (!acceptsTokenLogin) throw notAccepted(role);
        return { ...toTokenUse(identity), loginTokenHash };
      },
    });
  } catch (thrown) {
    // Docker asks for several images at once, and only one of the requests opens the session.
    const opened = await find();
    if (opened) return opened;
    throw toRefusedLogin(toAppError(thrown));
  }
  const opened = await find();
  if (opened) return opened;
  throw new AppError('unauthenticated', 'The session has ended. Ask the issuer for a new token.');
}

async function findSession(
  app: App,
  { role, loginTokenHash, context }: { role: NamedRole; loginTokenHash: string; context: RequestContext },
): Promise<UserPrincipal | null> {
  const email = roleAddress({ registryId: role.registryId, role: role.roleName });
  const key = await app.db.accessKey.findFirst({
    where: { loginTokenHash, member: { user: { email, trust: { acceptsTokenLogin: true } } } },
    select: { id: true },
  });
  const holder = key && (await findKeyHolder(app, key.id));
  if (!holder) return null;
  await noteKeyUse(app, holder, { service: 'registry', address: context.address });
  return holder.principal;
}

function notAccepted({ roleName }: NamedRole): AppError {
  return new AppError(
    'forbidden',
    `The role ${roleName} doesn't accept tokens as passwords. Exchange the token at /api/v1/oidc/exchange first.`,
  );
}

/**
 * Whoever may not assume the role isn't logged in, and clients show why only then. Docker keeps an old login and sends it for
 * every image, and public ones must stay pullable.
 */
function toRefusedLogin(error: AppError): AppError {
  const { code, message, detail } = error;
  if (code === 'forbidden') return new AppError('unauthenticated', message, { cause: error });
  if (code !== 'unauthenticated' || typeof detail !== 'object' || detail === null) return error;
  const isExpired = 'refusedToken' in detail && detail.refusedToken === 'expired';
  if (!isExpired && !('isUsed' in detail)) return error;
  return new AppError(code, message, { detail: { isStale: true }, cause: error });
}
