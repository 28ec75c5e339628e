// Finds the templates of pages, such as `/console/teams/[team]`, for metrics and logs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Next's own list of what it has built. Without one, as in development, pages have no templates. */
const MANIFEST = join('.next', 'routes-manifest.json');
const FILES = '/_next/static';

const routeSchema = z.object({ page: z.string(), regex: z.string() });
const manifestSchema = z.object({ staticRoutes: z.array(routeSchema), dynamicRoutes: z.array(routeSchema) });

/** Returns a function that finds the template of a path; null if there is none. */
export function readPageRoutes(root: string): (path: string) => string | null {
  const { staticRoutes, dynamicRoutes } = readManifest(root);
  const known = new Set(staticRoutes.map(({ page }) => page));
  const patterns = dynamicRoutes.map(({ page, regex }) => ({ page, pattern: new RegExp(regex) }));
  return (path) => {
    if (path.startsWith(`${FILES}/`)) return FILES;
    if (known.has(path)) return path;
    return patterns.find(({ pattern }) => pattern.test(path))?.page ?? null;
  };
}

function readManifest(root: string): z.infer<typeof manifestSchema> {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(root, MANIFEST), 'utf8')));
  } catch {
    return { staticRoutes: [], dynamicRoutes: [] };
  }
}
