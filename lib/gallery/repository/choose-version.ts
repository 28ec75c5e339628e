import { tagToVersion } from '#lib/oci/reference.ts';

const VERSION = /^v?\d{1,9}(?:\.\d{1,9}){0,3}(?:$|[-+_])/;

/**
 * Chooses the version of an image from its tags: the most precise, then the plainest one. Labels come last, because
 * images often inherit the version label of their base.
 */
export function chooseVersion(tags: string[], stated: string | null): string | null {
  const versions = tags.filter((tag) => VERSION.test(tag));
  const [best] = versions.sort(
    (a, b) => Number(isPlain(b)) - Number(isPlain(a)) || dots(b) - dots(a) || a.length - b.length,
  );
  return best === undefined ? stated : tagToVersion(best);
}

function isPlain(tag: string): boolean {
  return !/[-+_]/.test(tag);
}

function dots(tag: string): number {
  return tag.split(/[-+_]/, 1)[0]?.split('.').length ?? 0;
}
