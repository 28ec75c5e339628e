import { reviewRequestLink } from '#components/links.ts';
import { RequestState } from '#components/review/request-state.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { getRequest } from '#lib/aliases/queries.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';

/** After auto-advance, shows the outcome of the previous request. Ignores invalid ids. */
export async function DecidedNotice({ caller, id }: { caller: UserCaller; id: string }) {
  const request = id === '' ? null : await getRequest(getApp(), { caller, id }).catch(() => null);
  if (!request) return null;
  return (
    <div className="mb-4">
      <Notice tone="success">
        <a className="font-mono font-semibold underline" href={reviewRequestLink(id)}>
          {request.name}
        </a>{' '}
        is now <RequestState request={request} />
      </Notice>
    </div>
  );
}
