import { parseDigest } from '#lib/oci/digest.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { refreshList } from './cached-list.ts';
import type { OwnedAnswer, OwnedList } from './flight-owners.ts';
import { describeReferrerList, REFERRERS_KEY } from './list-upstream-referrers.ts';
import { describeTagList, TAGS_KEY } from './list-upstream-tags.ts';
import type { UpstreamRuntime } from './upstream-runtime.ts';

type App = { db: Db; secrets: StoredSecrets; upstream: UpstreamRuntime };

/** Refreshes a list for another process, which counts the answer. @throws AppError `upstream_*`, or `not_found` for an unknown key */
export async function refreshOwnedList(app: App, { repository, key }: OwnedList): Promise<OwnedAnswer> {
  if (key === TAGS_KEY) return refreshList(app, describeTagList(app, repository));
  const subject = key.startsWith(REFERRERS_KEY) ? parseDigest(key.slice(REFERRERS_KEY.length)) : null;
  if (!subject) throw new AppError('not_found', 'There is no such list.');
  return refreshList(app, describeReferrerList(app, { repository, subject }));
}
