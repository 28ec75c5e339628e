import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { CertificateSource } from '#lib/platform/tls/follow-certificate.ts';
import type { MasterKeys } from '#lib/keys/master-keys.ts';
import { certificateOf } from './renew-certificate.ts';
import { openPrivateKey } from './sealed-key.ts';

/**
 * Reads the newest certificate that any process of the site got. One whose master key isn't listed any more counts as none, and is replaced
 * (renew-certificate.ts).
 */
export function createAcmeSource(
  app: { db: Db; masterKeys: MasterKeys },
  { host }: { host: string },
): CertificateSource {
  const keyVersion = { in: [...app.masterKeys.secrets.keys()] };
  const newest = { where: { host, keyVersion }, orderBy: { id: 'desc' } } as const;
  return {
    mark: async () => {
      const row = await app.db.siteCertificate.findFirst({ ...newest, select: { id: true } });
      return row && String(row.id);
    },
    read: async () => {
      const row = await app.db.siteCertificate.findFirst(newest);
      const key = row && openPrivateKey(app.masterKeys, certificateOf(host), row);
      if (row && key !== null) return { cert: row.chain, key: String(key) };
      throw new AppError('unavailable', `There is no certificate for ${host} that this process can read.`);
    },
  };
}
