// Helpers for reviewers, admins, and publishers with alias requests.
import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, type Browser, type Page } from '@playwright/test';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { askForAccount, BASE_URL, createPublisher, HOST, withFolder, type Publisher } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { buildSampleImage } from '../clients/sample-image.ts';
import { signInByCookie } from './people.ts';

export type Staff = { name: string; email: string; password: string };

export async function createStaff(role: 'reviewer' | 'admin', name = `Staff ${randomLetters(6)}`): Promise<Staff> {
  const staff = { name, email: `staff-${randomUUID()}@example.org`, password: 'a password for staff' };
  await askForAccount('create-user', { ...staff, displayName: name, role });
  return staff;
}

/** Starts a session without the sign-in page and opens the console. */
export async function signInAs(page: Page, { email }: Account): Promise<void> {
  await signInByCookie(page, email);
  await page.goto('/console');
  await expect(page).toHaveURL(/\/console$/, { timeout: 20_000 });
}

type Account = { email: string; password: string };

/** Signs in to a new browser context and returns its page. */
export async function openAs(browser: Browser, account: Account): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInAs(page, account);
  return page;
}

export type Asker = Publisher & { name: string; id: string };

/** Creates a publisher and requests the alias `name` through the API. A check flags the account as new. */
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
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return text ? JSON.parse(text) : null;
}

/** Returns letters only, and no easily confused ones, so that no name resembles a digest or another name. */
export function randomLetters(count: number): string {
  return Array.from({ length: count }, () => 'abcdefghjkmpqrstuwxyz'[randomInt(21)]).join('');
}

export async function claim(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Claim request' }).click();
  await expect(page.getByText('Request claimed.')).toBeVisible();
}

/** Creates an admin and returns a token with the `api:write` scope. */
export async function createAdminSecret(): Promise<string> {
  const { email } = await createStaff('admin');
  return (await askForAccount<{ secret: string }>('create-token', { email, scopes: ['api:write'] })).secret;
}

/** Pushes a new image as `ALIAS/tool:v1` and returns its reference. */
export async function pushTool({ alias, secret }: { alias: string; secret: string }): Promise<string> {
  const image = `docker://${HOST}/${alias}/tool:v1`;
  await withFolder(async (folder) => {
    await writeOciLayout(join(folder, 'image'), await buildSampleImage(), 'v1');
    const options = ['--dest-tls-verify=false', `--dest-creds=token:${secret}`];
    await run('skopeo', ['copy', ...options, `oci:${folder}/image:v1`, image]);
  });
  return image;
}

/** Inspects the image anonymously and returns its digest. Rejects with skopeo's error output. */
export async function pull(image: string): Promise<string> {
  const answer = await run('skopeo', ['inspect', '--tls-verify=false', '--no-creds', image]);
  return (JSON.parse(answer) as { Digest: string }).Digest;
}
