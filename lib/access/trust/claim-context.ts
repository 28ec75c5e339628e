import type { ContextValues } from '../text-pattern.ts';
import { issuerName } from './public-issuers.ts';

const MAX_DEPTH = 4;
const MAX_CLAIMS = 200;

/**
 * Returns the claims of a token as condition keys: `HOST/PATH:sub`, in lowercase. Nested claims are joined by dots, as in
 * `HOST:kubernetes.io.serviceaccount.name`.
 */
export function claimContext(issuer: string, claims: Readonly<Record<string, unknown>>): ContextValues {
  const values: Record<string, string | readonly string[]> = {};
  const prefix = `${issuerName(issuer)}:`.toLowerCase();
  let count = 0;
  const add = (name: string, value: unknown, depth: number): void => {
    if (count >= MAX_CLAIMS || value === null || value === undefined) return;
    if (Array.isArray(value)) {
      const texts = value.filter(isSimple).map(String);
      count += 1;
      values[prefix + name] = texts;
    } else if (isSimple(value)) {
      count += 1;
      values[prefix + name] = String(value);
    } else if (depth < MAX_DEPTH) {
      for (const [inner, nested] of Object.entries(value)) add(`${name}.${inner.toLowerCase()}`, nested, depth + 1);
    }
  };
  for (const [name, value] of Object.entries(claims)) add(name.toLowerCase(), value, 1);
  return values;
}

function isSimple(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
