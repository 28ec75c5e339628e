// PostgreSQL refuses to run as root, so a root process starts it as an unprivileged user.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { AppError } from '#lib/platform/errors.ts';
import { isReachableByOthers } from '#lib/platform/files.ts';

export type PostgresUser = { uid: number; gid: number };

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/** Returns null if this process isn't root. An existing cluster keeps its owner. */
export function findPostgresUser(dataFolder: string): PostgresUser | null {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(dataFolder)) {
    const { uid, gid } = statSync(dataFolder);
    if (uid !== 0) return { uid, gid };
  }
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new AppError(
    'unavailable',
    'PostgreSQL can\'t run as root and this machine has no user "postgres" or "nobody". Create one or start as another user.',
  );
}

type Wrapped = { command: string; prefix: string[]; identity: Partial<PostgresUser> };

/**
 * Returns the command that starts `program` as that user. In a folder that only root can access (a clone under /root, a
 * `mktemp -d`), setpriv grants the user the capability to bypass file permissions.
 */
export function wrapCommand(program: string, cluster: { data: string; user: PostgresUser | null }): Wrapped {
  const { user } = cluster;
  if (!user) return { command: program, prefix: [], identity: {} };
  if (isReachableByOthers(program) && isReachableByOthers(cluster.data)) {
    return { command: program, prefix: [], identity: user };
  }
  const setpriv = SETPRIV.find((path) => existsSync(path));
  if (!setpriv) {
    throw new AppError(
      'unavailable',
      `PostgreSQL runs as an unprivileged user, who can't access ${cluster.data}. Move Vitrine or DATA_DIR to a folder that all users can access, such as /var/lib/vitrine.`,
    );
  }
  const capability = '+dac_override';
  const prefix = [
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'],
    ...[`--inh-caps=${capability}`, `--ambient-caps=${capability}`, '--', program],
  ];
  return { command: setpriv, prefix, identity: {} };
}
