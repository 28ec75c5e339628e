// PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged user of the machine instead.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { AppError } from '#lib/platform/errors.ts';
import { isReachableByOthers } from '#lib/platform/files.ts';

export type PostgresUser = { uid: number; gid: number };

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/** Null when this process is not root. An existing cluster's owner stays its owner. */
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
    'PostgreSQL does not run as root and this machine has no user "postgres" or "nobody": make one, or start as another user.',
  );
}

type Wrapped = { command: string; prefix: string[]; identity: Partial<PostgresUser> };

/**
 * How to start `program` as that user. In a folder only root can walk into (a clone under /root, a `mktemp -d`), the
 * user keeps the one capability that lets it pass: setpriv hands it over.
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
      `Started by root, PostgreSQL runs as another user, who can't reach ${cluster.data}: move Vitrine or DATA_DIR to a folder all users may enter, such as /var/lib/vitrine.`,
    );
  }
  const capability = '+dac_override';
  const prefix = [
    ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'],
    ...[`--inh-caps=${capability}`, `--ambient-caps=${capability}`, '--', program],
  ];
  return { command: setpriv, prefix, identity: {} };
}
