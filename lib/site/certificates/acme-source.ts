import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { CertificateSource } from '#lib/platform/tls/follow-certificate.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { certificateOf } from './renew-certificate.ts';

/** Reads the newest certificate that any process of the site got. */
export function createAcmeSource(
  app: { db: Db; secrets: StoredSecrets },
  { host }: { host: string },
): CertificateSource {
  const newest = { where: { host }, orderBy: { id: 'desc' } } as const;
  return {
    mark: async () => {
      const row = await app.db.siteCertificate.findFirst({ ...newest, select: { id: true } });
      return row && String(row.id);
    },
    read: async () => {
      const row = await app.db.siteCertificate.findFirst(newest);
      if (!row) throw new AppError('unavailable', `There is no certificate for ${host} yet.`);
      return { cert: row.chain, key: await app.secrets.open(certificateOf(host), row.sealedKey) };
    },
  };
}
