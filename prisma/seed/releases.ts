// Releases of the demo's programs.
import type { Blob } from '#lib/testing/images/build-image.ts';
import { morningOf } from './demo-calendar.ts';
import type { DemoPush, DemoRelease, DemoRepository } from './demo-types.ts';
import { describe } from './images/attestations.ts';
import type { ImageRecipe } from './images/image-recipe.ts';
import { programImage, type Program } from './images/recipes.ts';
import { readText } from './read-text.ts';

export type Attach = (subject: Blob, described: ReturnType<typeof describe>) => DemoPush[];

/** A release moves the tags of its minor version and `latest`. A pre-release has only its own. */
export function programReleases(
  program: Program,
  versions: [version: string, day: string][],
  attach: Record<string, Attach> = {},
): DemoRelease[] {
  return versions.map(([version, day]) => {
    const published = morningOf(day, `${program.repository} ${version}`);
    const recipe = programImage(program, version, published);
    return {
      tags: tagsOf(version),
      published,
      build: (images) => images.build(recipe),
      ...attached(attach[version], recipe),
    };
  });
}

function attached(attach: Attach | undefined, recipe: ImageRecipe): Pick<DemoRelease, 'attached'> {
  return attach ? { attached: (subject) => attach(subject, describe(recipe)) } : {};
}

function tagsOf(version: string): string[] {
  if (version.includes('-')) return [version];
  const parts = version.split('.');
  return [version, ...(parts.length > 2 ? [parts.slice(0, 2).join('.')] : []), 'latest'];
}

type Facts = Omit<DemoRepository, 'about' | 'usage' | 'name'>;

export function repository(alias: string, name: string, facts: Facts): DemoRepository {
  return { name, ...readText(alias, name), ...facts };
}
