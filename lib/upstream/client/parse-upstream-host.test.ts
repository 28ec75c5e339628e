import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseUpstreamHost } from './parse-upstream-host.ts';

describe('parseUpstreamHost', () => {
  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['GHCR.io', 'ghcr.io'],
    ['index.docker.io', 'docker.io'],
    ['Registry-1.Docker.io:443', 'docker.io'],
    ['registry.example:5000', 'registry.example:5000'],
    ['registry:5000', 'registry:5000'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
    ['[::1]:5000', '[::1]:5000'],
    ['[0:0:0:0:0:0:0:1]', '[::1]'],
    ['a.b-c.d0', 'a.b-c.d0'],
  ])('parses %s as %s', (text, host) => {
    expect(parseUpstreamHost(text)).toBe(host);
  });

  // prettier-ignore
  test.each([
    '', ' ', 'https://ghcr.io', '//ghcr.io', 'ghcr.io/', 'ghcr.io/owner', 'ghcr.io?x', 'ghcr.io#x', 'user@ghcr.io',
    'user:password@ghcr.io', 'ghcr.io:', 'ghcr.io:0', 'ghcr.io:080', 'ghcr.io:65536', 'ghcr.io:5000:5000', 'ghcr.io.',
    '.ghcr.io', 'ghcr..io', '-a.io', 'a-.io', 'a_b.io', 'gh cr.io', 'ghcr.io\r\nHost: x', 'ghcr.io\n', 'ghcr.io\\@x', 'ghcr%2eio',
    'ɢhcr.io', 'xn--hcr-0mb.io', '\u212A.io', 'ghcr。io', '127.1', '2130706433', '0x7f000001', '0x7f.1', '010.0.0.1', '1.2.3.256',
    '1.2.3.4.5', '[::1', '::1', '[::1]x', '[fe80::1%25eth0]', '[::g]', '[1.2.3.4]', 'a'.repeat(64), 'a.'.repeat(127) + 'aa',
  ])('rejects %j', (text) => {
    expect(parseUpstreamHost(text)).toBeNull();
  });

  it('is idempotent, and accepts only hosts that URL leaves unchanged', () => {
    const unit = fc.constantFrom(...'aA0.-:[]/@%#?x1 \\\n', 'é', '\u212A');
    const text = fc.oneof(fc.string({ unit, maxLength: 20 }), fc.string(), fc.domain(), fc.ipV4(), fc.webAuthority());
    fc.assert(
      fc.property(text, (hostile) => {
        const host = parseUpstreamHost(hostile);
        if (host === null) return;
        const url = new URL(`ftp://${host}/v2/`);
        expect(url.host).toBe(host);
        expect(url.href).toBe(`ftp://${host}/v2/`);
        expect(parseUpstreamHost(host)).toBe(host);
      }),
    );
  });
});
