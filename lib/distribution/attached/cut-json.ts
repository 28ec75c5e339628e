import type { Excerpt } from './attached-document.ts';

const MAX_VALUES = 800;
const MAX_DEPTH = 10;
const MAX_STRING_LENGTH = 1_000;
const MAX_KEY_LENGTH = 300;
/** Lists of the beginning, so that a long one doesn't hide what follows it. */
const MAX_ITEMS = 100;

/** Formats the beginning of a JSON document. */
export function cutJson(document: unknown): Excerpt {
  const budget = { values: MAX_VALUES, isCut: false };
  return { text: JSON.stringify(cutValue(document, 0, budget), null, 2), isCut: budget.isCut };
}

type Budget = { values: number; isCut: boolean };

function cutValue(value: unknown, depth: number, budget: Budget): unknown {
  budget.values -= 1;
  if (typeof value === 'string') {
    if (value.length <= MAX_STRING_LENGTH) return value;
    budget.isCut = true;
    return `${value.slice(0, MAX_STRING_LENGTH)}…`;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) {
    budget.isCut = true;
    return '…';
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      if (budget.values <= 0 || items.length >= MAX_ITEMS) {
        budget.isCut = true;
        break;
      }
      items.push(cutValue(item, depth + 1, budget));
    }
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const name in value) {
    if (budget.values <= 0) {
      budget.isCut = true;
      break;
    }
    entries.push([
      name.slice(0, MAX_KEY_LENGTH),
      cutValue((value as Record<string, unknown>)[name], depth + 1, budget),
    ]);
  }
  return Object.fromEntries(entries);
}
