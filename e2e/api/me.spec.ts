import { describe, expect, test } from 'vitest';
import { BASE_URL, createPublisher, vitrine } from '../fixtures.ts';

const me = (headers: Record<string, string> = {}) => fetch(`${BASE_URL}/api/v1/me`, { headers });

describe('GET /api/v1/me', () => {
  test('returns the user and a registry with its default alias', async () => {
    const { email, secret } = await createPublisher();
    const response = await me({ authorization: `Bearer ${secret}` });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      user: expect.objectContaining({ email, role: 'user' }) as unknown,
      registries: [
        {
          registryId: expect.stringMatching(/^\d{12}$/) as unknown,
          displayName: expect.any(String) as unknown,
          isBrandingShown: false,
          logoUrl: null,
          aliases: [{ name: expect.stringMatching(/^([a-z]\d){4}$/) as unknown, primary: true, default: true }],
          isDefault: true,
          role: 'owner',
        },
      ],
    });
  });

  test('returns the same registry on every call, including concurrent first calls', async () => {
    const email = `many-${Date.now()}@example.org`;
    await vitrine('user', 'create', '--email', email, '--password', 'a password for tests');
    const { secret } = JSON.parse(await vitrine('token', 'create', '--email', email, '--scope', 'pull', '--json')) as {
      secret: string;
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await me({ authorization: `Bearer ${secret}` });
        return ((await response.json()) as { registries: { registryId: string }[] }).registries.map(
          (r) => r.registryId,
        );
      }),
    );
    expect(new Set(answers.flat()).size).toBe(1);
  });

  test.each([
    ['no token', {}],
    ['an unknown token', { authorization: `Bearer vtr_${'x'.repeat(42)}` }],
    ['a cookie', { cookie: 'next-auth.session-token=x' }],
  ])('with %s responds with a 401 problem', async (_name, headers: Record<string, string>) => {
    const response = await me(headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ type: 'urn:vitrine:error:unauthenticated', status: 401 });
  });
});

describe('operator command line', () => {
  test('reports errors in one sentence', async () => {
    await expect(vitrine('user', 'create', '--email', 'nobody', '--password', 'long enough it is')).rejects.toThrow(
      'valid email address',
    );
    await expect(vitrine('user', 'create', '--email', 'a@example.org', '--password', 'short')).rejects.toThrow(
      'at least 10',
    );
    await expect(vitrine('token', 'create', '--email', 'unknown@example.org')).rejects.toThrow('No account uses');
    await expect(vitrine('no', 'such')).rejects.toThrow('Unknown command');
  });

  test('--help lists every command', async () => {
    const overview = await vitrine('--help');
    for (const command of ['serve', 'user create', 'token create', 'demo remove']) expect(overview).toContain(command);
    expect(await vitrine('token', 'create', '--help')).toContain('--scope');
  });
});
