// Signs in with OpenID Connect against a real server: discovery, PKCE, state, nonce, consent and code flow.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { BrowserSession } from '../browser-session.ts';
import { run } from '../run-program.ts';
import { startIssuer, type Issuer } from '../oidc-issuer.ts';

let issuer: Issuer;
let site: TestServer;

beforeAll(async () => {
  const [issuerPort, sitePort] = [await findFreePort(), await findFreePort()];
  const redirectUri = `http://127.0.0.1:${sitePort}/api/auth/callback/oidc`;
  issuer = await startIssuer({ port: issuerPort, redirectUri });
  site = await startTestServer({
    PORT: String(sitePort),
    DEMO: '0',
    OIDC_NAME: 'Example ID',
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_ADMIN_VALUES: 'gallery-admins',
    OIDC_REVIEWER_VALUES: 'gallery-reviewers',
    OIDC_GROUPS_CLAIM: 'groups',
  });
});
afterAll(async () => {
  await site.stop();
  issuer.stop();
});

/** Passes the issuer's login and consent pages and follows the redirects back. */
async function signIn(
  browser: BrowserSession,
  subject: string,
  path = '/signin/oidc',
): Promise<{ url: string; text: string }> {
  let page = await browser.open(`${site.url}${path}`);
  for (let step = 0; page.url.startsWith(issuer.url) && step < 3; step += 1) {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? '';
    if (!action) throw new Error(`the issuer's page has no form: ${page.text}`);
    page = await browser.open(new URL(action, page.url).href, { prompt, login: subject, password: 'any' });
  }
  return page;
}

async function createToken(email: string, scope: string): Promise<string> {
  const args = ['scripts/vitrine.ts', 'token', 'create', '--email', email, '--scope', scope, '--json'];
  return (JSON.parse(await run(process.execPath, args, { DATA_DIR: site.dataDir })) as { secret: string }).secret;
}

async function roleOf(email: string): Promise<string> {
  const authorization = `Bearer ${await createToken(email, 'pull')}`;
  const me = await fetch(`${site.url}/api/v1/me`, { headers: { authorization } });
  return ((await me.json()) as { user: { role: string } }).user.role;
}

describe('signing in with OpenID Connect', () => {
  test('is offered on the sign-in page', async () => {
    const { text } = await new BrowserSession().open(`${site.url}/signin?callbackUrl=%2Fconsole%2Ftokens`);
    expect(text).toContain('Example ID');
    expect(text).toContain('href="/signin/oidc?callbackUrl=%2Fconsole%2Ftokens"');
  });

  test('creates an account, finds it again, and redirects to the requested page', async () => {
    issuer.people.set('ada', { email: 'ada@id.example', email_verified: true, name: 'Ada' });
    for (const target of ['/console/account', '/console/tokens']) {
      const browser = new BrowserSession();
      const page = await signIn(browser, 'ada', `/signin/oidc?callbackUrl=${encodeURIComponent(target)}`);
      expect(page.url).toBe(site.url + target);
      expect(page.text).toContain('ada@id.example');
    }
  });

  test('takes the site role from the issuer', async () => {
    issuer.people.set('boss', { email: 'boss@id.example', email_verified: true, groups: ['staff', 'gallery-admins'] });
    await signIn(new BrowserSession(), 'boss');
    expect(await roleOf('boss@id.example')).toBe('admin');
    issuer.people.set('boss', { email: 'boss@id.example', email_verified: true, groups: ['gallery-reviewers'] });
    await signIn(new BrowserSession(), 'boss');
    expect(await roleOf('boss@id.example')).toBe('reviewer');
  });

  test('takes memberships of teams from the issuer', async () => {
    const admin = await createToken(site.env['E2E_ADMIN_EMAIL'] ?? '', 'api:write');
    const call = async (token: string, method: string, path: string, body?: object) => {
      const response = await fetch(`${site.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return JSON.parse(text || '{}') as Record<string, never>;
    };
    const created = await call(admin, 'POST', '/registries', { displayName: 'Release engineering' });
    const registryId = String(created['registryId']);
    await call(admin, 'POST', `/registries/${registryId}/teams`, { name: 'release' });
    await call(admin, 'PUT', `/admin/registries/${registryId}/teams/release/groups`, { groups: ['staff'] });
    const members = () => call(admin, 'GET', `/registries/${registryId}/teams/release/members`);
    const person = { email: 'staff@id.example', email_verified: true };
    issuer.people.set('staff', { ...person, groups: ['staff'] });
    await signIn(new BrowserSession(), 'staff');
    expect(await members()).toMatchObject({ members: [{ name: person.email, role: 'reader', isByGroup: true }] });
    issuer.people.set('staff', person);
    await signIn(new BrowserSession(), 'staff');
    expect(await members()).toEqual({ members: [] });
  });

  test('with an unverified email address does not open an existing account', async () => {
    issuer.people.set('thief', { email: site.env['E2E_ADMIN_EMAIL'], email_verified: false });
    const browser = new BrowserSession();
    const page = await signIn(browser, 'thief');
    expect(page.url).toBe(`${site.url}/signin?error=email_unverified`);
    expect(page.text).toContain('verified that the address is yours');
    expect(browser.cookie(site.url, 'next-auth.session-token')).toBeUndefined();
    expect((await browser.open(`${site.url}/console`)).url).toContain('/signin');
  });

  test('fails in a callback without the state of this browser', async () => {
    const browser = new BrowserSession();
    const page = await browser.open(`${site.url}/api/auth/callback/oidc?code=stolen&state=stolen`);
    expect(page.url).toMatch(/\/signin\?(?:.*&)?error=OAuthCallback/);
    expect(page.text).toContain('Sign-in failed. Try again.');
    expect(browser.cookie(site.url, 'next-auth.session-token')).toBeUndefined();
  });

  test('a session revoked through the API ends in the browser immediately', async () => {
    const browser = new BrowserSession();
    await signIn(browser, 'ada');
    const authorization = `Bearer ${await createToken('ada@id.example', 'api:write')}`;
    const call = (method: string, path: string) =>
      fetch(`${site.url}/api/v1${path}`, { method, headers: { authorization } });
    const { sessions } = (await (await call('GET', '/me/sessions')).json()) as {
      sessions: { id: string; method: string }[];
    };
    expect(sessions.map(({ method }) => method)).toEqual(['oidc', 'oidc', 'oidc']);
    expect((await browser.open(`${site.url}/console/account`)).url).toBe(`${site.url}/console/account`);
    for (const { id } of sessions) expect((await call('DELETE', `/me/sessions/${id}`)).status).toBe(204);
    expect((await browser.open(`${site.url}/console/account`)).url).toContain('/signin');
  });

  test('never redirects to another site', async () => {
    const page = await signIn(new BrowserSession(), 'ada', '/signin/oidc?callbackUrl=https%3A%2F%2Fevil.example%2F');
    expect(page.url).toBe(`${site.url}/console`);
  });
});
