// Reviewers, admins, and the publishers whose requests they see.
import { randomInt, randomUUID } from 'node:crypto';
import { expect, type Browser, type Page } from '@playwright/test';
import { BASE_URL, createPublisher, vitrine, type Publisher } from '../fixtures.ts';
import { fillSignIn } from './people.ts';

export type Staff = { name: string; email: string; password: string };

/** Made at the operator's command line, as accounts with a role are. */
export async function createStaff(role: 'reviewer' | 'admin', name = `Staff ${randomLetters(6)}`): Promise<Staff> {
  const staff = { name, email: `staff-${randomUUID()}@example.org`, password: 'a password for staff' };
  const options = ['--email', staff.email, '--password', staff.password, '--name', name, '--role', role];
  await vitrine('user', 'create', ...options);
  return staff;
}

export async function signInAs(page: Page, { email, password }: Staff): Promise<void> {
  await page.goto('/signin');
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL(/\/console$/, { timeout: 20_000 });
}

/** A page of a browser that only they use. */
export async function openAs(browser: Browser, staff: Staff): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInAs(page, staff);
  return page;
}

export type Asker = Publisher & { name: string; id: string };

/** A new publisher who has asked for `name`, by the API. Their account is young, which a check flags. */
export async function askForAlias(name = `quay${randomLetters(10)}`): Promise<Asker> {
  const publisher = await createPublisher('push', 'api:write');
  const me = (await callApi(publisher.secret, 'GET', '/me')) as { registries: { registryId: string }[] };
  const body = { name, purpose: `We make ${name}.\nIt is our only name.`, links: ['https://example.org/about'] };
  const path = `/registries/${me.registries[0]?.registryId}/alias-requests`;
  const { id } = (await callApi(publisher.secret, 'POST', path, body)) as { id: string };
  return { ...publisher, name, id };
}

export async function callApi(secret: string, method: string, path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const response = await fetch(`${BASE_URL}/api/v1${path}`, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Letters only, so that no name looks like a digest or like another one. */
export function randomLetters(count: number): string {
  return Array.from({ length: count }, () => 'abcdefghjkmpqrstuwxyz'[randomInt(21)]).join('');
}
