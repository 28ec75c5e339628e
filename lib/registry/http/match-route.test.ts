import { describe, expect, test } from 'vitest';
import { matchRoute } from './match-route.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const UPLOAD = '0b8e7c4a-2f7e-4f41-9d0a-6f0c6d1f2a3b';

describe('matchRoute finds', () => {
  test.each([
    ['GET', 'ada/curl/manifests/8', 'end-3', 'ada/curl'],
    ['HEAD', `ada/curl/manifests/${DIGEST}`, 'end-3', 'ada/curl'],
    ['GET', `ada/curl/blobs/${DIGEST}`, 'end-2', 'ada/curl'],
    ['POST', 'ada/curl/blobs/uploads', 'end-4', 'ada/curl'],
    ['POST', 'ada/curl/blobs/uploads/', 'end-4', 'ada/curl'],
    ['PATCH', `ada/curl/blobs/uploads/${UPLOAD}`, 'end-5', 'ada/curl'],
    ['PUT', `ada/curl/blobs/uploads/${UPLOAD}`, 'end-6', 'ada/curl'],
    ['PUT', 'ada/curl/manifests/8', 'end-7', 'ada/curl'],
    ['GET', 'ada/curl/tags/list', 'end-8', 'ada/curl'],
    ['DELETE', 'ada/curl/manifests/8', 'end-9', 'ada/curl'],
    ['DELETE', `ada/curl/blobs/${DIGEST}`, 'end-10', 'ada/curl'],
    ['GET', `ada/curl/referrers/${DIGEST}`, 'end-12', 'ada/curl'],
    // Names that look like suffixes.
    ['GET', 'foo/manifests/bar/manifests/8', 'end-3', 'foo/manifests/bar'],
    ['GET', 'x/blobs/uploads/manifests/8', 'end-3', 'x/blobs/uploads'],
    ['POST', 'x/blobs/uploads/blobs/uploads/', 'end-4', 'x/blobs/uploads'],
    ['GET', 'tags/list/tags/list', 'end-8', 'tags/list'],
  ])('%s %s', (method, path, spec, fullName) => {
    expect(matchRoute(method, path)).toMatchObject({ route: { spec, method }, fullName });
  });
});

describe('matchRoute refuses', () => {
  test.each([
    ['GET', 'ada/../curl/manifests/8', 'name_invalid'],
    ['GET', '../manifests/8', 'name_invalid'],
    ['GET', 'ada%2fcurl/manifests/8', 'name_invalid'],
    ['GET', 'ada/%2e%2e/manifests/8', 'name_invalid'],
    ['GET', 'ada//curl/manifests/8', 'name_invalid'],
    ['GET', '/manifests/8', 'name_invalid'],
    ['GET', 'Ada/curl/manifests/8', 'name_invalid'],
    ['GET', 'ada/curl\0/manifests/8', 'name_invalid'],
    ['GET', `${'a'.repeat(256)}/manifests/8`, 'name_invalid'],
    ['GET', `${'a/'.repeat(100_000)}manifests/8`, 'name_invalid'],
    ['GET', 'manifests/8', 'not_found'],
    ['GET', 'ada/curl', 'not_found'],
    ['GET', 'ada/curl/', 'not_found'],
    ['GET', 'ada/curl/manifests/8/', 'not_found'],
    ['GET', '../../etc/passwd', 'not_found'],
    ['GET', 'ada/curl/blobs/sha256:short', 'digest_invalid'],
    ['GET', `ada/curl/blobs/${DIGEST.toUpperCase()}`, 'digest_invalid'],
    ['GET', 'ada/curl/manifests/sha256:short', 'digest_invalid'],
    ['GET', 'ada/curl/manifests/.hidden', 'manifest_not_found'],
    ['PUT', 'ada/curl/manifests/.hidden', 'tag_invalid'],
    ['PUT', `ada/curl/manifests/${'a'.repeat(129)}`, 'tag_invalid'],
    ['GET', 'ada/curl/blobs/uploads/..', 'upload_not_found'],
    ['GET', 'ada/curl/blobs/uploads', 'unsupported'],
    ['POST', 'ada/curl/manifests/8', 'unsupported'],
    ['constructor', 'ada/curl/manifests/8', 'unsupported'],
  ])('%s %s', (method, path, code) => {
    expect(() => matchRoute(method, path)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
