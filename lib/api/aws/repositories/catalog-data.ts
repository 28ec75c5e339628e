// Catalog data in the words of ECR Public, whose platforms have names of their own.
import { logoUrl } from '#lib/api/rest/logo-url.ts';
import { encodeLogo } from '#lib/publishers/logos/encode-logo.ts';
import type { CatalogData } from '#lib/repositories/schema.ts';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';

/** Stored in the words of the OCI, whose reader knows these spellings too (oci/facts/platform.ts). */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['arm', 'ARM'],
  ['arm64', 'ARM 64'],
  ['386', 'x86'],
  ['amd64', 'x86-64'],
]);
const OPERATING_SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['linux', 'Linux'],
  ['windows', 'Windows'],
]);

type CatalogDataInput = {
  description?: string | undefined;
  aboutText?: string | undefined;
  usageText?: string | undefined;
  architectures?: string[] | undefined;
  operatingSystems?: string[] | undefined;
  logoImageBlob?: Buffer | undefined;
};

export type NewCatalogData = { catalogData: Omit<CatalogData, 'categories'>; logo: Buffer | null };

/**
 * Reads catalog data, which is put as a whole: what is missing is removed.
 * @throws AppError `invalid_input`, `too_large`, `rate_limited` for the logo
 */
export async function readCatalogData(app: AwsApp, { caller }: Call, input: CatalogDataInput): Promise<NewCatalogData> {
  const { description = '', aboutText = '', usageText = '', architectures = [], operatingSystems = [] } = input;
  const { logoImageBlob } = input;
  const logo = logoImageBlob?.length ? await encodeLogo(app, logoImageBlob, caller.principal.userId) : null;
  return { catalogData: { description, aboutText, usageText, architectures, operatingSystems }, logo };
}

/** The columns that `presentCatalogData` shows. */
export const CATALOG_COLUMNS = {
  description: true,
  aboutText: true,
  usageText: true,
  architectures: true,
  operatingSystems: true,
  logoId: true,
} as const;

type CatalogRow = Omit<CatalogData, 'categories'> & { logoId: string | null };

/** Leaves out what is empty, as ECR Public does. */
export function presentCatalogData(app: AwsApp, row: CatalogRow) {
  const { description, aboutText, usageText, architectures, operatingSystems, logoId } = row;
  const url = logoUrl(app, logoId);
  return {
    ...(description !== '' && { description }),
    ...(aboutText !== '' && { aboutText }),
    ...(usageText !== '' && { usageText }),
    ...(architectures.length > 0 && {
      architectures: architectures.map((name) => ARCHITECTURES.get(name) ?? name),
    }),
    ...(operatingSystems.length > 0 && {
      operatingSystems: operatingSystems.map((name) => OPERATING_SYSTEMS.get(name) ?? name),
    }),
    ...(url !== null && { logoUrl: url }),
  };
}
