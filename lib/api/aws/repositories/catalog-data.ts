// Catalog data of ECR Public.
import { logoUrl } from '#lib/api/rest/logo-url.ts';
import { encodeLogo } from '#lib/publishers/logos/encode-logo.ts';
import type { CatalogData } from '#lib/repositories/schema.ts';
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';

const NO_SPACES_AROUND =
  'description, architectures and operatingSystems must not begin or end with a space or line break';

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
 * Reads catalog data, which is put as a whole: what is missing is removed. Spaces around a line are refused instead of
 * trimmed, because Terraform would restore them on every run.
 * @throws AppError `InvalidParameterException`, `invalid_input`, `too_large`, `rate_limited` for the logo
 */
export async function readCatalogData(app: AwsApp, { caller }: Call, input: CatalogDataInput): Promise<NewCatalogData> {
  const { description = '', aboutText = '', usageText = '', architectures = [], operatingSystems = [] } = input;
  const { logoImageBlob } = input;
  for (const line of [description, ...architectures, ...operatingSystems]) {
    if (line !== line.trim()) throw invalidParameter('catalogData', NO_SPACES_AROUND);
  }
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
    ...(architectures.length > 0 && { architectures }),
    ...(operatingSystems.length > 0 && { operatingSystems }),
    ...(url !== null && { logoUrl: url }),
  };
}
