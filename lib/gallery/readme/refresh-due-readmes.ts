import { listDueReadmes } from './due-readmes.sql.ts';
import { refreshReadme, type ReadmeApp } from './refresh-readme.ts';

/** Per run. The job runs every minute. */
const MAX_REFRESHED = 20;
const AT_A_TIME = 4;

/** Fetches READMEs again after a push, and once a day. */
export async function refreshDueReadmes(app: ReadmeApp): Promise<void> {
  const due = await listDueReadmes(app.db, { limit: MAX_REFRESHED });
  const work = async (): Promise<void> => {
    for (let id = due.shift(); id !== undefined; id = due.shift())
      await refreshReadme(app, { repositoryId: String(id) });
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}
