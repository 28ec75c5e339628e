import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyDigest, anyName, anyTag } from '#lib/testing/images/oci-arbitraries.ts';
import { formatReference, parseImageReference, parseReference } from './reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parseReference', () => {
  test.each([
    ['latest', { kind: 'tag', tag: 'latest' }],
    ['_1.0-rc', { kind: 'tag', tag: '_1.0-rc' }],
    [DIGEST, { kind: 'digest', digest: DIGEST }],
    ['.hidden', null],
    ['-a', null],
    ['sha256:abc', null],
    ['a'.repeat(128), { kind: 'tag', tag: 'a'.repeat(128) }],
    ['a'.repeat(129), null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it('round-trips tags and digests', () => {
    fc.assert(
      fc.property(fc.oneof(anyTag, anyDigest), (text) => {
        const reference = parseReference(text);
        expect(reference && formatReference(reference)).toBe(text);
        expect(reference?.kind).toBe(text.includes(':') ? 'digest' : 'tag');
      }),
    );
  });

  it('agrees with the spec’s regular expression', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ0_.-: /\n'), maxLength: 140 });
    fc.assert(
      fc.property(text, (tag) => (parseReference(tag) !== null) === /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(tag)),
    );
  });
});

describe('parseImageReference', () => {
  test.each([
    ['ada/curl', { host: null, name: 'ada/curl', tag: null, digest: null }],
    ['localhost:3000/ada/curl:8', { host: 'localhost:3000', name: 'ada/curl', tag: '8', digest: null }],
    ['https://r.example.org/ada/curl', { host: 'r.example.org', name: 'ada/curl', tag: null, digest: null }],
    [`r.example.org/ada/curl:8@${DIGEST}`, { host: 'r.example.org', name: 'ada/curl', tag: '8', digest: DIGEST }],
    [`ada/curl@${DIGEST}`, { host: null, name: 'ada/curl', tag: null, digest: DIGEST }],
    ['[::1]:5000/a', { host: '[::1]:5000', name: 'a', tag: null, digest: null }],
    ['ada/curl@sha256:short', null],
    ['ada/curl:', null],
    ['Ada/Curl', null],
    ['a b', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(parseImageReference(text)).toEqual(expected);
  });

  it('parses every part of a well-formed reference', () => {
    const host = fc.constantFrom(null, 'localhost', 'localhost:3000', 'r.example.org', '10.0.0.1:5000', '[::1]:80');
    fc.assert(
      fc.property(host, anyName, fc.option(anyTag), fc.option(anyDigest), (host, name, tag, digest) => {
        const text = [host && `${host}/`, name, tag !== null && `:${tag}`, digest && `@${digest}`];
        // Like Docker, parseImageReference takes a first component that looks like a host for one.
        fc.pre(host !== null || !/^(?:localhost|[^/]*\.[^/]*)\//.test(name));
        const written = text.filter(Boolean).join('');
        fc.pre(written.length <= 600);
        expect(parseImageReference(written)).toEqual({ host, name, tag, digest });
      }),
    );
  });

  it('never throws on arbitrary input', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.string({ unit: fc.constantFrom(...'a:/@.[]sh256 ') }),
    );
    fc.assert(fc.property(text, (pasted) => void parseImageReference(pasted)));
  });
});
