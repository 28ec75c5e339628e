// Records pulls without an explicit flush: node pulling-process.ts DATABASE_URL REGISTRY_ID
import pg from 'pg';
import { createPullLog } from '#lib/events/pull-log.ts';
import { createLog } from '#lib/platform/log.ts';

const [, , url = '', registryId = '0'] = process.argv;
const pulls = createPullLog({
  pool: new pg.Pool({ connectionString: url }),
  log: createLog('silent', false),
  keepDays: 90,
});
const nobody = {
  userId: null,
  credential: null,
  accessTokenId: null,
  accessKeyId: null,
  address: null,
  userAgent: null,
};
const pull = { registryKey: BigInt(registryId), fullName: 'acme/app', name: 'app', tag: 'v1', digest: null, ...nobody };
// Keeps the process alive, which the log's unref'ed timer doesn't.
setInterval(() => pulls.record(pull), 5);
