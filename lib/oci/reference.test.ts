import { describe, expect, test } from 'vitest';
import { parseImageReference, parseReference } from './reference.ts';

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
});
