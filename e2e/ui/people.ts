// Accounts and form helpers for the browser tests.
import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { askForAccount, BASE_URL } from '../fixtures.ts';

export type Person = { displayName: string; email: string; password: string };

export function newPerson(): Person {
  const id = randomUUID();
  return { displayName: `Tester ${id.slice(0, 8)}`, email: `browser-${id}@example.org`, password: `password ${id}` };
}

/** Creates an account without the form, signs in and opens the console. */
export async function signUp(page: Page, person = newPerson()): Promise<Person> {
  await askForAccount('sign-up', person);
  await signInByCookie(page, person.email);
  await page.goto('/console');
  await expect(page).toHaveURL(/\/console$/);
  return person;
}

/** Starts a session and sets its cookie in the browser. */
export async function signInByCookie(page: Page, email: string): Promise<void> {
  const userAgent = await page.evaluate(() => navigator.userAgent);
  const { cookie } = await askForAccount<{ cookie: string }>('start-session', { email, userAgent });
  await page
    .context()
    .addCookies([
      { name: 'next-auth.session-token', value: cookie, url: BASE_URL, httpOnly: true, sameSite: 'Lax' as const },
    ]);
}

/** Creates an account through the sign-up form, which redirects to the console. */
export async function signUpByForm(page: Page, person = newPerson()): Promise<Person> {
  await page.goto('/signup');
  await page.getByLabel('Name').fill(person.displayName);
  await page.getByLabel('Email address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(/\/console$/);
  return person;
}

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Locates the error of a rejected form. Excludes Next's route announcer, which also has the alert role. */
export function refusal(page: Page) {
  return page.locator('[role=alert]:not(#__next-route-announcer__)');
}

/** Reads the signed-in user's alias from the console. */
export async function readAlias(page: Page): Promise<string> {
  await page.goto('/console');
  const alias = await page.locator('dt:text-is("Alias") + dd a').first().textContent();
  if (!alias) throw new Error('the console shows no alias');
  return alias.trim();
}

export async function makeRepository(page: Page, name: string, options: { isPrivate?: boolean } = {}): Promise<void> {
  await page.goto('/console/new');
  await page.getByLabel('Name').fill(name);
  if (options.isPrivate) await page.getByLabel('Private').check();
  await page.getByRole('button', { name: 'Create repository' }).click();
  await expect(page).toHaveURL(new RegExp(`/console/repositories/[a-z0-9]+/${name}$`));
}

/** Creates a token through the form and returns its secret, which the page shows only once. */
export async function makeToken(page: Page, name = 'laptop'): Promise<string> {
  await page.goto('/console/tokens');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create token' }).click();
  const secret = await page.getByText(/^vtr_\w+$/).textContent();
  if (!secret) throw new Error('no secret was shown');
  return secret;
}
