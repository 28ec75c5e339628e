import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const HTTPS = 'https://registry.example.org';
const MAIL = 'ops@example.org';

describe('readConfig', () => {
  test('defaults to a site on localhost', () => {
    expect(readConfig({})).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      isSignUpOpen: true,
    });
  });

  test.each([
    [{ PORT: '99999' }, /^PORT /],
    [{ PUBLIC_URL: 'example.org' }, /^PUBLIC_URL /],
    [{ PUBLIC_URL: 'https://example.org/path' }, /^PUBLIC_URL /],
    [{ DATABASE_URL: 'mysql://x' }, /^DATABASE_URL /],
    [{ DATABASE_URL: 'postgresql://u:50%@db/x' }, /^DATABASE_URL must percent-encode special characters/],
    [{ DATABASE_DIRECT_URL: 'postgresql://db/x' }, /^DATABASE_DIRECT_URL needs DATABASE_URL/],
    [{ DATABASE_POOL_SIZE: '1' }, /^DATABASE_POOL_SIZE must be at least 4/],
    [{ DEMO: 'yes' }, /^DEMO must be 0 or 1/],
    [{ AUTH_SECRET: 'short' }, /^AUTH_SECRET /],
    [{ ADMIN_EMAIL: 'a@example.org' }, /must be set together/],
    [{ DATABASE_URL: 'postgresql://a/b', DATABASE_URL_FILE: '/x' }, /both set/],
    [{ OIDC_ISSUER: 'https://id.example.org' }, /OIDC_CLIENT_ID.*must be set together/],
    [{ OIDC_ISSUER: 'id.example.org' }, /^OIDC_ISSUER /],
    [{ SMTP_URL: 'smtp://127.0.0.1' }, /SMTP_FROM must be set together/],
    [{ SMTP_URL: 'http://127.0.0.1' }, /^SMTP_URL /],
    [{ DNS_SERVERS: '192.0.2.53,ns.example.org' }, /^DNS_SERVERS must be comma-separated addresses/],
    [{ SIGN_UPS_PER_HOUR: 'many' }, /^SIGN_UPS_PER_HOUR must be a number/],
    [{ SIGN_UPS_PER_HOUR: '-1' }, /^SIGN_UPS_PER_HOUR /],
    [{ PULLS_PER_HOUR: 'many' }, /^PULLS_PER_HOUR must be a number/],
    [{ UNLIMITED_NETWORKS: '10.0.0.0/8, home' }, /^UNLIMITED_NETWORKS must list networks/],
    [{ MAX_BLOB_SIZE: '0' }, /^MAX_BLOB_SIZE must be greater than 0/],
    [{ REGION: 'EU West' }, /^REGION must be a name such as eu-central-1/],
    [{ REGISTRY_QUOTA: '0' }, /^REGISTRY_QUOTA must be a size such as 50GB, or unlimited/],
    [{ DISK_RESERVE: '5 %' }, /^DISK_RESERVE must be a size/],
    [{ PUBLISHER_BRANDING: 'nobody' }, /^PUBLISHER_BRANDING must be verified or everyone/],
    [{ DATABASE_URL_FILE: '/does/not/exist' }, /^DATABASE_URL_FILE names/],
    [{ TLS_CERT: '/a.pem' }, /^TLS_CERT and TLS_KEY must be set together/],
    [{ TLS_CERT: '/a.pem', TLS_KEY: '/a.key' }, /^TLS_CERT needs a PUBLIC_URL that begins with https/],
    [{ PUBLIC_URL: HTTPS, TLS_CERT: '/a', TLS_KEY: '/b', ACME_EMAIL: MAIL }, /TLS_CERT and ACME_EMAIL are both set/],
    [{ PUBLIC_URL: HTTPS, ACME_EMAIL: MAIL }, /^ACME_EMAIL needs REDIRECT_PORT/],
    [{ PUBLIC_URL: 'https://192.0.2.1', ACME_EMAIL: MAIL, REDIRECT_PORT: '80' }, /needs a PUBLIC_URL with a host name/],
    [{ PUBLIC_URL: HTTPS, ACME_EMAIL: 'me' }, /^ACME_EMAIL must be an email address/],
    [{ ACME_DIRECTORY: 'https://ca.example.org/dir' }, /^ACME_DIRECTORY needs ACME_EMAIL/],
    [{ ACME_DIRECTORY: 'http://ca.example.org/dir' }, /^ACME_DIRECTORY must be an https/],
    [{ REDIRECT_PORT: '80' }, /^REDIRECT_PORT needs a PUBLIC_URL that begins with https/],
    [{ PUBLIC_URL: HTTPS, REDIRECT_PORT: '3000' }, /^REDIRECT_PORT must differ from PORT/],
    [{ PRIVATE_PORT: '5000' }, /need PRIVATE_HOST/],
    [{ HOST: '0.0.0.0', PRIVATE_HOST: '10.0.0.1' }, /^PRIVATE_PORT must differ from PORT/],
    [{ HOST: '10.0.0.1', PRIVATE_HOST: '10.0.0.1' }, /^PRIVATE_PORT must differ from PORT/],
    [
      { PUBLIC_URL: HTTPS, HOST: '::', REDIRECT_PORT: '80', PRIVATE_HOST: '10.0.0.1', PRIVATE_PORT: '80' },
      /^PRIVATE_PORT must differ from REDIRECT_PORT/,
    ],
    [
      { PUBLIC_URL: HTTPS, TLS_CERT: '/a', TLS_KEY: '/b', PRIVATE_HOST: '10.0.0.1', PRIVATE_URL: 'http://r.internal' },
      /^PRIVATE_URL must begin with https/,
    ],
  ])('%o: names the variable in the error', (env: Record<string, string>, expected) => {
    expect(() => readConfig(env)).toThrow(expected);
  });

  test('reads a secret from a file and treats an empty variable as unset', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vitrine-config-')), 'secret');
    writeFileSync(file, `${'s'.repeat(40)}\n`);
    expect(readConfig({ AUTH_SECRET_FILE: file, PORT: '' }).authSecret).toBe('s'.repeat(40));
  });

  test('parses name servers of both families, with and without a port', () => {
    expect(readConfig({}).dnsServers).toEqual([]);
    const servers = ['192.0.2.53', '127.0.0.1:5353', '[2001:db8::53]:5353'];
    expect(readConfig({ DNS_SERVERS: servers.join(', ') }).dnsServers).toEqual(servers);
  });

  test('leaves anonymous pulls unlimited and exempts loopback by default', () => {
    expect(readConfig({})).toMatchObject({ pullsPerHour: 0, unlimitedNetworks: ['127.0.0.0/8', '::1'] });
    expect(readConfig({ UNLIMITED_NETWORKS: '10.0.0.0/8' }).unlimitedNetworks).toEqual(['10.0.0.0/8']);
  });
});
