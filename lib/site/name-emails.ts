import type { Mailer } from '#lib/platform/net/mailer.ts';
import type { SiteSettingsCache } from './site-settings.ts';

/** Puts the site's name in front of subjects, if it has one, so that recipients know who writes. */
export function nameEmails(mailer: Mailer, siteSettings: SiteSettingsCache): Mailer {
  return {
    send: async (message) => {
      const { name } = await siteSettings.read();
      await mailer.send(name === '' ? message : { ...message, subject: `[${name}] ${message.subject}` });
    },
  };
}
