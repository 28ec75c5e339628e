import type { Kind } from '#lib/search/schema.ts';
import { repositoryApiLink } from '../links.ts';

type Pulled = { kind: Kind; reference: { tag: string; digest: string } };

/** Fetches the featured tag of a repository. Returns null without a tag or a response. */
export async function fetchPulled(fullName: string): Promise<Pulled | null> {
  try {
    const response = await fetch(repositoryApiLink(fullName));
    if (!response.ok) return null;
    const { kind, shownTag } = (await response.json()) as {
      kind: Kind;
      shownTag: { name: string; digest: string } | null;
    };
    return shownTag && { kind, reference: { tag: shownTag.name, digest: shownTag.digest } };
  } catch {
    return null;
  }
}
