import { getApp } from '#lib/app.ts';

type FailedRequest = { headers: Record<string, string | string[] | undefined> };

/** Called by Next before it answers a request that failed. */
export function onRequestError(error: unknown, request: FailedRequest, context: { routeType: string }): void {
  getApp().badRequests.note(String(request.headers['x-request-id']), error, context.routeType === 'action');
}
