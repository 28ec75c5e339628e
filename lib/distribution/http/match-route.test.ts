import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isAppError } from '#lib/platform/errors.ts';
import { anyDigest, anyName, anyTag } from '#lib/testing/images/oci-arbitraries.ts';
import { matchRoute } from './match-route.ts';
import { DISTRIBUTION_ROUTES } from './routes.ts';

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
    // RFC 3986 §6.2.2: equivalent escapes.
    ['GET', `ada/curl/manifests/${DIGEST.replace(':', '%3A')}`, 'end-3', 'ada/curl'],
    ['GET', `ada/curl/blobs/${DIGEST.replace(':', '%3a')}`, 'end-2', 'ada/curl'],
    ['GET', `ada/curl/referrers/${DIGEST.replace('sha', '%73ha')}`, 'end-12', 'ada/curl'],
    ['GET', 'ad%61/c%75rl/%6danifests/1%2E0', 'end-3', 'ada/curl'],
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
    ['GET', 'ada/curl%2Fmanifests/8', 'not_found'],
    ['GET', 'ada/curl/manifests/a%2Fb', 'manifest_not_found'],
    ['GET', 'ada/cu%00rl/manifests/8', 'name_invalid'],
    ['GET', 'ada/cu%5Frl%/manifests/8', 'name_invalid'],
    ['GET', 'ada/curl/manifests/%253A', 'manifest_not_found'],
    ['GET', `${'%61'.repeat(100_000)}/manifests/8`, 'name_invalid'],
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

describe('matchRoute, for arbitrary paths,', () => {
  const anyUpload = fc.uuid({ version: 4 });
  const anyRoute = fc.constantFrom(...DISTRIBUTION_ROUTES);

  test('finds every route behind every name', () => {
    const values = fc.record({ digest: anyDigest, upload: anyUpload, tag: anyTag, isByTag: fc.boolean() });
    fc.assert(
      fc.property(anyRoute, anyName, values, (route, fullName, { digest, upload, tag, isByTag }) => {
        const reference = isByTag ? { kind: 'tag', tag } : { kind: 'digest', digest };
        const written = { ':digest': digest, ':upload': upload, ':reference': isByTag ? tag : digest };
        const suffix = route.suffix.replace(/:\w+$/, (part) => written[part as keyof typeof written]);
        const match = matchRoute(route.method, `${fullName}/${suffix}`);
        expect(match).toMatchObject({ route, fullName });
        const parsed = { ':digest': { digest }, ':upload': { upload }, ':reference': { reference } };
        const [param] = /:\w+$/.exec(route.suffix) ?? [];
        expect(match.params).toEqual(param ? parsed[param as keyof typeof parsed] : {});
      }),
    );
  });

  test('finds a route and its parameters, or throws an AppError', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'b/c', 'manifests', 'blobs', 'uploads', 'tags', 'list', 'referrers', '..', '', '%2e', 'A'),
      fc.oneof(anyDigest, anyUpload, fc.string({ unit: 'binary-ascii', maxLength: 10 })),
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE');
    fc.assert(
      fc.property(method, fc.array(piece, { maxLength: 8 }), (verb, pieces) => {
        const path = pieces.join('/');
        try {
          const { route, fullName } = matchRoute(verb, path);
          const literal = route.suffix.replace(/:\w+$/, '');
          expect(path.startsWith(`${fullName}/${literal}`)).toBe(true);
          expect(route.method).toBe(verb);
        } catch (error) {
          expect(isAppError(error)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('does not parse a path that is too long', () => {
    const split = vi.spyOn(String.prototype, 'split');
    try {
      const long = fc.tuple(fc.constantFrom('a/', 'manifests/', '/', 'a-'), fc.integer({ min: 600, max: 20_000 }));
      fc.assert(
        fc.property(long, ([part, times]) => {
          split.mockClear();
          expect(() => matchRoute('GET', part.repeat(times))).toThrow(/too long/);
          return split.mock.calls.length === 0;
        }),
      );
    } finally {
      split.mockRestore();
    }
  });
});
