import type { App } from '#lib/app.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { markRecordedDelete } from '#lib/repositories/deletions/mark-recorded-delete.sql.ts';
import { DEMO_EMAIL_DOMAIN } from './add-demo.ts';

/** Takes away every demo publisher with all it has. Their blobs wait for garbage collection. Returns how many there were. */
export async function removeDemo(app: App): Promise<number> {
  return app.db.$transaction(async (tx) => {
    await markRecordedDelete(tx);
    const { count } = await tx.registry.deleteMany({ where: { isDemo: true } });
    await tx.logo.deleteMany({ where: { registries: { none: {} }, repositories: { none: {} } } });
    await tx.user.deleteMany({ where: { email: { endsWith: `@${DEMO_EMAIL_DOMAIN}` } } });
    if (count > 0)
      await recordChange(tx, { caller: SYSTEM_CALLER, type: 'demo.remove', resource: { name: `${count} publishers` } });
    return count;
  });
}
