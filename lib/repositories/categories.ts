// The categories that publishers choose from. Browser-safe.
import { z } from 'zod';

/** Slugs with their labels. Slugs are in URLs and in rows, so keep them; labels may change. */
export const CATEGORIES = {
  'api-management': 'API management',
  'business-apps': 'Business applications',
  'ci-cd': 'CI/CD and delivery',
  communication: 'Communication',
  'content-management': 'Content management',
  'data-analytics': 'Data and analytics',
  databases: 'Databases and storage',
  'developer-tools': 'Developer tools',
  games: 'Games',
  iot: 'Internet of things',
  kubernetes: 'Kubernetes and orchestration',
  languages: 'Languages and frameworks',
  'machine-learning': 'Machine learning and AI',
  media: 'Media and files',
  messaging: 'Message queues and streaming',
  monitoring: 'Monitoring and observability',
  networking: 'Networking',
  'operating-systems': 'Operating systems',
  security: 'Security',
  'web-servers': 'Web servers and proxies',
} as const;

export type Category = keyof typeof CATEGORIES;

export const MAX_CATEGORIES = 3;

export function isCategory(slug: string): slug is Category {
  return Object.hasOwn(CATEGORIES, slug);
}

export const categoriesSchema = z
  .array(
    z
      .string()
      .refine(
        (slug): boolean => isCategory(slug),
        `Choose from these categories: ${Object.keys(CATEGORIES).join(', ')}.`,
      ),
  )
  .max(MAX_CATEGORIES, `Choose at most ${MAX_CATEGORIES} categories.`)
  .refine((slugs) => new Set(slugs).size === slugs.length, 'Choose each category only once.');

/** Returns the label of a slug, or the slug itself when a row holds one that this version doesn't know. */
export function categoryLabel(slug: string): string {
  return isCategory(slug) ? CATEGORIES[slug] : slug;
}

/** Choices for forms and filters, sorted by label. */
export const CATEGORY_CHOICES = Object.entries(CATEGORIES)
  .map(([value, text]) => ({ value, text }))
  .sort((a, b) => a.text.localeCompare(b.text, 'en'));
