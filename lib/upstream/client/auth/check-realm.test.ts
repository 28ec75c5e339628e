import { describe, expect, test } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { checkRealm } from './check-realm.ts';
import type { UpstreamAddress } from '#lib/upstream/client/upstream-client.ts';

const at = (host: string, more: Partial<UpstreamAddress> = {}): UpstreamAddress => ({
  id: 1n,
  host,
  isPlainHttp: false,
  tokenHost: null,
  credentials: null,
  ...more,
});

describe('accepted realms', () => {
  test.each([
    [at('docker.io'), 'https://auth.docker.io/token'],
    [at('ghcr.io'), 'https://ghcr.io/token?x=1'],
    [at('registry.example.co.uk'), 'https://auth.example.co.uk/token'],
    [at('registry.example.org:5000'), 'https://registry.example.org:5001/token'],
    [at('127.0.0.1:5000', { isPlainHttp: true }), 'http://127.0.0.1:5001/token'],
    [at('[::1]:5000'), 'https://[::1]:5001/token'],
    [at('registry:5000'), 'https://registry/token'],
    [at('registry.example.org', { isPlainHttp: true }), 'https://auth.example.org/token'],
    [at('registry.example.org', { tokenHost: 'login.example.com' }), 'https://login.example.com/token'],
    [at('registry.example.org', { tokenHost: 'login.example.com:443' }), 'https://login.example.com/token'],
    [at('registry.example.org', { tokenHost: '127.0.0.2:5001', isPlainHttp: true }), 'http://127.0.0.2:5001/token'],
  ])('%o: %s', (upstream, realm) => {
    expect(checkRealm(upstream, realm).href).toBe(realm);
  });
});

describe('rejected realms', () => {
  test.each([
    [at('docker.io'), 'https://auth.docker.io.evil.example/token'],
    [at('docker.io'), 'https://evil.example/auth.docker.io/token'],
    [at('docker.io'), 'https://auth.docker.io@evil.example/token'],
    [at('docker.io'), 'https://user:password@auth.docker.io/token'],
    [at('docker.io'), 'http://auth.docker.io/token'],
    [at('docker.io'), 'ftp://auth.docker.io/token'],
    [at('docker.io'), '/token'],
    [at('docker.io'), ''],
    // Names under a public suffix belong to different owners, private suffixes included.
    [at('a.co.uk'), 'https://b.co.uk/token'],
    [at('one.github.io'), 'https://two.github.io/token'],
    [at('one.github.io'), 'https://github.io/token'],
    [at('127.0.0.1:5000'), 'https://127.0.0.2:5000/token'],
    [at('10.0.0.1'), 'https://11.0.0.1/token'],
    [at('registry:5000'), 'https://auth/token'],
    [at('registry.example.org', { tokenHost: 'login.example.com' }), 'https://evil.login.example.com/token'],
    [at('registry.example.org', { tokenHost: 'login.example.com' }), 'https://login.example.com:8443/token'],
    [at('registry.example.org', { tokenHost: 'login.example.com' }), 'http://login.example.com/token'],
  ])('%o: %s', (upstream, realm) => {
    try {
      checkRealm(upstream, realm);
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error) && error.code).toBe('upstream_invalid');
      expect((error as Error).message).not.toContain('password');
    }
  });

  test('the error for another domain names the setting that allows it', () => {
    expect(() => checkRealm(at('ghcr.io'), 'https://evil.example/token?secret=1')).toThrow(
      'ghcr.io requests tokens from evil.example, which is on another domain. No credentials were sent. ' +
        'If this is expected, set evil.example as the token host of this upstream.',
    );
  });
});
