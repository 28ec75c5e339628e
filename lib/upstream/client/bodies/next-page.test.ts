import { describe, expect, it, test } from 'vitest';
import { readNextPage } from './next-page.ts';

const read = (link: string | string[] | undefined) => readNextPage({ host: 'up.example', link, path: 'tags/list' });
const NEXT = 'tags/list?n=2&last=b';

describe('the next page of a list', () => {
  test.each([
    ['as the specification writes it', '</v2/x/tags/list?n=2&last=b>; rel="next"'],
    ['without quotes', '</v2/x/tags/list?n=2&last=b>;rel=next'],
    ['after another link', '</v2/x/tags/list?n=2>; rel="first", </v2/x/tags/list?n=2&last=b>; rel="next"'],
    ['before another link', '<?n=2&last=b>; rel="next", <?n=2&last=y>; rel="last"'],
    ['after other parameters', '<?n=2&last=b>; title="a, <b>; rel=\\"prev\\""; rel="next"; type=x/y'],
    ['among other relations', '<?n=2&last=b>; rel="last NEXT"'],
    ['with the name in capitals', '<?n=2&last=b> ; REL = "next"'],
    ['with an absolute URL, whose host is ignored', '<https://elsewhere.example/v2/x/tags/list?n=2&last=b>; rel=next'],
    ['in a second header', ['<?n=9>; rel="first"', '<?n=2&last=b>; rel="next"']],
    ['after an empty element', ', ,<?n=2&last=b>; rel="next",'],
    ['with a comma in the URL', '<?n=2&last=b>;;rel="next";'],
    ['with a fragment', '<?n=2&last=b#next?x>; rel="next"'],
  ])('%s', (_what, link) => {
    expect(read(link)).toBe(NEXT);
  });

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['other relations', '<?n=1>; rel="prev", <?n=2>; rel="nextish"'],
    ['a relation in a title', '<?n=1>; title="; rel=next"; rel="first"'],
    ['a repeated rel, of which the first counts', '<?n=1>; rel="prev"; rel="next"'],
    ['a link with an anchor', '<?n=1>; rel="next"; anchor="/other"'],
  ])('is null with %s', (_what, link) => {
    expect(read(link)).toBeNull();
  });

  test.each([
    ['no query', '</v2/x/tags/list/2>; rel="next"'],
    ['an unterminated URL', '</v2/x/tags/list?n=2; rel="next"'],
    ['no URL', 'rel="next"'],
    ['an unterminated quote', '<?n=2>; rel="next'],
    ['an oversized header', `<?n=${'2'.repeat(20_000)}>; rel="next"`],
  ])('is an error with %s', (_what, link) => {
    expect(() => read(link)).toThrow(expect.objectContaining({ code: 'upstream_invalid' }));
  });

  it('parses hostile headers in linear time', () => {
    for (const part of ['<', '<>;', ';', '"', '\\', ' ', ',', '<>;a="', '<>; ;'])
      try {
        read(part.repeat(16_000 / part.length));
      } catch (error) {
        expect(error).toMatchObject({ code: 'upstream_invalid' });
      }
  });
});
