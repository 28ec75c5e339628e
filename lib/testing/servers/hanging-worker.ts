// A worker process that never finishes its only job: node hanging-worker.ts DATABASE_URL JOB
import { runWorker } from '#lib/platform/jobs/run-worker.ts';
import { openDatabase } from '#lib/platform/pg/db.ts';
import { createLog } from '#lib/platform/log.ts';

const [, , url = '', job = ''] = process.argv;
const { direct } = openDatabase(url, { onError: () => undefined });
await runWorker({
  direct,
  log: createLog('silent', false),
  schedule: [],
  handlers: {
    [job]: () => {
      process.stdout.write('at work\n');
      return new Promise<void>(() => undefined);
    },
  },
});
