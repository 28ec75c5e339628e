// Renders the Helm chart, and the values that its tests share.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';

const CHART = join(import.meta.dirname, '../../deploy/helm/vitrine');

export type Values = Record<string, unknown>;

export const SITE = { publicUrl: 'https://images.example.org:8443' };
export const SECRETS = {
  DATABASE_URL: 'postgresql://db/vitrine',
  AUTH_SECRET: 'a'.repeat(32),
  MASTER_KEY: 'b'.repeat(32),
};
export const SEVERAL = {
  ...SITE,
  replicas: 3,
  existingSecret: 'vitrine',
  database: { external: true },
  persistence: { enabled: false },
  settings: { S3_BUCKET: 'images' },
};
/** Helm reads YAML 1.1, where off is a boolean. */
export function withValues<Result>(values: Values, work: (args: string[]) => Promise<Result>): Promise<Result> {
  return withFolder((folder) => {
    const path = join(folder, 'values.yaml');
    writeFileSync(path, stringify(values, { version: '1.1' }));
    return work([CHART, '--values', path]);
  });
}
/** Returns the manifests of a release named site. @throws Error with the sentence of a refusal */
export function renderChart(helm: string, values: Values): Promise<string> {
  return withValues(values, (args) => run(helm, ['template', 'site', ...args]));
}
