import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrastOf } from '#lib/site/accent.ts';
import { BANNER_COLOURS } from '#lib/publishers/schema.ts';
import { BANNER_FILLS } from './banner-colours.ts';

const PAIR = /light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)/;
const [, lightPage = '', darkPage = ''] =
  new RegExp(`--canvas: ${PAIR.source}`).exec(readFileSync('app/globals.css', 'utf8')) ?? [];

// https://www.w3.org/TR/WCAG22/#non-text-contrast
test.each(BANNER_COLOURS)('%s stands out from the page in both themes', (colour) => {
  const [, light = '', dark = ''] = PAIR.exec(BANNER_FILLS[colour]) ?? [];
  expect(contrastOf(light, lightPage)).toBeGreaterThanOrEqual(3);
  expect(contrastOf(dark, darkPage)).toBeGreaterThanOrEqual(3);
});
