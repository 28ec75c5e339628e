import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const UI = join(import.meta.dirname, '../../../components/ui');

/** Left out, because one refreshes the page all the time, and the other shows nothing. */
const NOT_SHOWN = ['live-refresh.tsx', 'scroll-to-current.tsx'];

test('every component without a word of the product is on the page that shows them', () => {
  const samples = readFileSync(join(import.meta.dirname, 'ui-samples.tsx'), 'utf8');
  const files = readdirSync(UI).filter((name) => /^[a-z-]+\.tsx$/.test(name) && !NOT_SHOWN.includes(name));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((name) => !samples.includes(`#components/ui/${name}`))).toEqual([]);
});
