// Two sites for a test file: one that sends email through a real mail server, and one without mail.
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { NO_REQUEST, type UserCaller } from '#lib/access/schema.ts';
import { insertUser, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { createTestApp, type TestApp } from './create-test-app.ts';
import { startMailServer, type MailServer } from './servers/mail-server.ts';

export type MailSites = {
  readonly site: TestApp;
  /** Sends no email. */
  readonly silent: TestApp;
  readonly mail: MailServer;
  newEmail: () => string;
  /** The last message to an address, or an empty string. */
  textTo: (email: string) => string;
  /** The secret of the link in that message, or an empty string. */
  secretTo: (email: string) => string;
  /** Inserts an account as created before addresses had to be proven. */
  insertUnproven: (app: TestApp, email?: string) => Promise<UserCaller>;
};

/** Registers the hooks that start and close the sites, and forget messages between tests. Call it once in a file. */
export function useMailSites(env: Record<string, string> = {}): MailSites {
  let site: TestApp;
  let silent: TestApp;
  let mail: MailServer;
  let serial = 0;
  beforeAll(async () => {
    mail = await startMailServer();
    const shared = { PUBLIC_URL: 'https://g.example', ...env };
    site = await createTestApp({ ...shared, SMTP_URL: mail.url, SMTP_FROM: 'gallery@example.org' });
    silent = await createTestApp(shared);
  });
  afterAll(async () => {
    await site.close();
    await silent.close();
    await mail.close();
  });
  beforeEach(() => {
    mail.messages.length = 0;
  });

  const newEmail = () => `person-${(serial += 1)}@example.org`;
  const textTo = (email: string) => {
    const message = mail.messages.findLast(({ to }) => to.includes(email));
    return message ? message.text.replaceAll('=\r\n', '').replaceAll('=3D', '=') : '';
  };
  return {
    get site() {
      return site;
    },
    get silent() {
      return silent;
    },
    get mail() {
      return mail;
    },
    newEmail,
    textTo,
    secretTo: (email) => /secret=(\w+)/.exec(textTo(email))?.[1] ?? '',
    insertUnproven: async ({ app }, email = newEmail()) => {
      const data = { email, displayName: 'Eve', passwordHash: null, role: 'user' as const };
      const user = await insertUser(app.db, { ...data, isEmailProven: false });
      return { principal: toUserPrincipal(user, null), context: NO_REQUEST };
    },
  };
}
