import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accentStyles, contrastOf, deriveAccent } from './accent.ts';

const colour = fc.nat(0xffffff).map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('deriveAccent', () => {
  test('gives legible text and buttons in both themes for any colour', () => {
    fc.assert(
      fc.property(colour, (chosen) => {
        const { light, dark } = deriveAccent(chosen);
        for (const [{ accent, strong, on, soft }, ...behind] of [
          [light, '#ffffff', '#f6f7f8', '#ebedf0'],
          [dark, '#0e0f12', '#16181c', '#22252b'],
        ] as const) {
          for (const background of [...behind, soft]) {
            expect(contrastOf(accent, background)).toBeGreaterThanOrEqual(4.5);
          }
          expect(contrastOf(on, accent)).toBeGreaterThanOrEqual(4.5);
          expect(contrastOf(on, strong)).toBeGreaterThanOrEqual(4.5);
        }
      }),
    );
  });

  test('keeps a colour that is legible already', () => {
    expect(deriveAccent('#0b5a64').light.accent).toBe('#0b5a64');
    expect(deriveAccent('#5fd1c4').dark.accent).toBe('#5fd1c4');
  });
});

test('accentStyles outweighs the default colours', () => {
  expect(accentStyles('#0b5a64', 'site')).toMatch(
    /^:root:root,\[data-theme\]\[data-theme\]\{--accent:light-dark\(#0b5a64,#/,
  );
});
