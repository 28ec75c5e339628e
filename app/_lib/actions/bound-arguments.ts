// Checks arguments that a page binds to a server action. Clients can send others. Malformed ones get a 404, as if the
// page didn't exist.
import { notFound } from 'next/navigation';
import { z } from 'zod';
import { consoleRepositoryLink, type ConsoleTab } from '#components/links.ts';
import { isName } from '#lib/oci/name.ts';

export type BoundName = { alias: string; name: string };

const MAX_BIGINT = 2n ** 63n - 1n;

const nameSchema = z
  .object({ alias: z.string(), name: z.string() })
  .refine(({ alias, name }) => isName(`${alias}/${name}`));

/** Checks a repository, and returns the page of the action too. */
export function parseBoundName(bound: BoundName, tab: ConsoleTab) {
  const named = parseBound(nameSchema, bound);
  return { named, fullName: `${named.alias}/${named.name}`, path: consoleRepositoryLink({ ...named, tab }) };
}

/** Checks a key of a registry. The use case authorizes it. */
export function parseBoundKey(bound: bigint): bigint {
  return parseBound(z.bigint().min(1n).max(MAX_BIGINT), bound);
}

/** Checks any other argument. */
export function parseBound<Schema extends z.ZodType>(schema: Schema, bound: unknown): z.output<Schema> {
  const result = schema.safeParse(bound);
  return result.success ? result.data : notFound();
}
