// Asks axe what makes a page inaccessible.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/**
 * Runs the given axe rules, or the default rules plus `target-size`, on the whole page or `within` a selector. Needs scripts, because
 * axe uses timers.
 */
export async function findViolations(page: Page, rules?: string[], within?: string): Promise<string[]> {
  const isLoaded = await page.evaluate(() => 'axe' in window);
  // The default mode reports from a page of its own, which takes as long again. It is for frames of other sites.
  const builder = new AxeBuilder({ page, ...(isLoaded && { axeSource: 'void 0' }) }).setLegacyMode();
  // Describing every element that passed takes longer than the check itself.
  builder.options({ rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'], selectors: false });
  if (rules) builder.withRules(rules);
  if (within) builder.include(within);
  const { violations } = await builder.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
