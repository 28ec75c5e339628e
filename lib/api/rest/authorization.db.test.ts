// Every route × every kind of caller. Use cases test their own authorization, this tests the API's boundary.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import type { RestRoute } from './define-route.ts';
import { handleRestRequest } from './handle-rest-request.ts';
import { ROUTES } from './routes.ts';

const CALLERS = {
  anonymous: null,
  'a push token': { role: 'user', scopes: ['push'] },
  'a reading user': { role: 'user', scopes: ['push', 'delete', 'api:read'] },
  'a user': { role: 'user', scopes: ['push', 'delete', 'api:write'] },
  'a reading reviewer': { role: 'reviewer', scopes: ['push', 'delete', 'api:read'] },
  'a reviewer': { role: 'reviewer', scopes: ['push', 'delete', 'api:write'] },
  'an admin': { role: 'admin', scopes: ['push', 'delete', 'api:write'] },
} as const;
type CallerName = keyof typeof CALLERS;

/** Written independently of the code. */
function expected({ access, method }: RestRoute, name: CallerName): 'in' | 401 | 403 {
  if (access === 'anyone') return 'in';
  if (name === 'anonymous') return 401;
  if (access === 'token') return 'in';
  const canRead = name !== 'a push token';
  const canWrite = canRead && !name.includes('reading');
  if (!(method === 'GET' ? canRead : canWrite)) return 403;
  if (access === 'user') return 'in';
  if (access === 'reviewer') return name.includes('reviewer') || name === 'an admin' ? 'in' : 403;
  return name === 'an admin' ? 'in' : 403;
}

describe('every route, every caller', () => {
  let site: TestApp;
  const tokens = new Map<CallerName, string>();
  beforeAll(async () => {
    site = await createTestApp();
    for (const [name, options] of Object.entries(CALLERS)) {
      if (!options) continue;
      const user = await site.createUser({ role: options.role, scopes: [...options.scopes] });
      tokens.set(name as CallerName, user.token);
    }
  });
  afterAll(() => site.close());

  const names = Object.keys(CALLERS) as CallerName[];
  test.each(ROUTES.flatMap((route) => names.map((name) => [route.method, route.path, name, route] as const)))(
    '%s %s as %s',
    async (method, path, name, route) => {
      const token = tokens.get(name);
      // The id doesn't exist, so an authorized call changes nothing.
      const url = `http://localhost/api/v1${path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000')}`;
      const response = await handleRestRequest(
        site.app,
        new Request(url, {
          method,
          headers: token ? { authorization: `Bearer ${token}` } : {},
          ...(method !== 'GET' && { body: '{}' }),
        }),
      );
      const want = expected(route, name);
      if (want === 'in')
        expect([200, 201, 202, 204, 400, 404, 409], `answered ${response.status}`).toContain(response.status);
      else expect(response.status).toBe(want);
      if (response.status >= 400) expect(response.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  test('rejects cookies, unknown paths, wrong methods, malformed JSON and oversized bodies', async () => {
    const call = (path: string, init: RequestInit = {}) =>
      handleRestRequest(site.app, new Request(`http://localhost/api/v1${path}`, init));
    const authorization = `Bearer ${tokens.get('an admin')}`;
    expect(
      (await call('/me', { headers: { cookie: `next-auth.session-token=${tokens.get('an admin')}` } })).status,
    ).toBe(401);
    expect((await call('/nothing')).status).toBe(404);
    expect((await call('/me', { method: 'DELETE' })).status).toBe(405);
    expect((await call('/alias-requests/%E0%A4%A', { headers: { authorization } })).status).toBe(404);
    const post = (body: string) => call('/reserved-names', { method: 'POST', headers: { authorization }, body });
    expect((await post('{')).status).toBe(400);
    expect((await post('[]')).status).toBe(400);
    expect((await post(`"${'x'.repeat(2_000_000)}"`)).status).toBe(413);
  });

  test('rechecks the token after the body has arrived', async () => {
    const user = await site.createUser({ scopes: ['api:write'] });
    const registry = await site.app.db.registry.findFirstOrThrow({
      where: { aliases: { some: { name: user.alias } } },
    });
    const body = new TransformStream<Uint8Array, Uint8Array>();
    const writer = body.writable.getWriter();
    const encoder = new TextEncoder();
    const answer = handleRestRequest(
      site.app,
      new Request(`http://localhost/api/v1/registries/${registry.registryId}/invitations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${user.token}` },
        body: body.readable,
        duplex: 'half',
      } as RequestInit),
    );
    // The stream is pulled only when the body is read, which is after the token was checked.
    await writer.write(encoder.encode('{"email":"friend@example.org",'));
    await site.app.db.accessToken.updateMany({
      where: { userId: user.caller.principal.userId },
      data: { revokedAt: new Date() },
    });
    await writer.write(encoder.encode('"role":"owner"}'));
    await writer.close();
    expect((await answer).status).toBe(401);
    expect(await site.app.db.invitation.count({ where: { registryKey: registry.id } })).toBe(0);
  });
});
