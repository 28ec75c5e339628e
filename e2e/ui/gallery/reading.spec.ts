// How pages read on paper, in scripts written from right to left, and with less motion.
import { expect, test } from '@playwright/test';
import { createPublisher } from '../../fixtures.ts';
import { callApi, pushTool } from '../staff.ts';

test('a printed page is dark on white and has no controls', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await page.goto('/lanternworks/web');
  await expect(page.getByText('docker pull', { exact: false }).first()).toBeVisible();
  await expect(page.locator('nav:visible, button:visible, input:visible')).toHaveCount(0);
  const [ink, canvas] = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.documentElement);
    return [color, backgroundColor];
  });
  expect([ink, canvas]).toEqual(['rgb(22, 24, 29)', 'rgb(255, 255, 255)']);
  await page.goto('/lanternworks/web/-/tags');
  await expect(page.getByRole('row')).not.toHaveCount(0);
});

test('texts from right to left keep their direction and fit a phone', async ({ page }) => {
  const publisher = await createPublisher('push', 'pull', 'api:read', 'api:write');
  await pushTool(publisher);
  const name = `${publisher.alias}/tool`;
  const description = 'خادم ويب صغير (nginx) للمواقع الثابتة';
  const about = '# مقدمة\n\nيقدم هذا البرنامج الملفات الثابتة.\n\n1. أولا\n2. ثانيا\n\n```sh\ndocker run web\n```\n';
  await callApi(publisher.secret, 'PATCH', `/repositories/${encodeURIComponent(name)}`, {
    description,
    aboutText: about,
  });
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`/${name}`);
  await expect(page.getByText(description).first()).toHaveCSS('direction', 'rtl');
  await expect(page.getByRole('heading', { name: 'مقدمة' })).toHaveCSS('direction', 'rtl');
  await expect(page.locator('.markdown pre').first()).toHaveCSS('direction', 'ltr');
  const { clientWidth, scrollWidth } = await page.evaluate(() => document.documentElement);
  expect(scrollWidth).toBe(clientWidth);
});

test('less motion means none', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/');
  const durations = await page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { transitionDuration, animationDuration } = getComputedStyle(element);
      return [transitionDuration, animationDuration].flatMap((text) => text.split(', ').map(parseFloat));
    }),
  );
  expect(Math.max(...durations)).toBeLessThan(0.001);
});
