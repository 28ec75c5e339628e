// Values that the Helm chart refuses, by helm itself.
import { describe, expect, test } from 'vitest';
import { findGoTool } from '../clients/go-tools.ts';
import { renderChart, SECRETS, SEVERAL, SITE, type Values } from './render-chart.ts';

const helm = await findGoTool('helm');

describe.skipIf(helm.absent !== null)(`the Helm chart${helm.absent ? ` (skipped: ${helm.absent})` : ''}`, () => {
  test.each<[string, Values, RegExp]>([
    ['no address', {}, /publicUrl is empty\. Set it to the address/],
    ['an address with a path', { publicUrl: 'https://example.org/images' }, /publicUrl/],
    [
      'several pods on the embedded database',
      { ...SITE, replicas: 2 },
      /needs a shared database\. Set database\.external/,
    ],
    [
      'several pods on one disk',
      { ...SEVERAL, settings: {}, persistence: {} },
      /needs shared blobs\. Set settings\.S3_BUCKET/,
    ],
    [
      'several pods with S3 on a private volume',
      { ...SEVERAL, persistence: {} },
      /can't use a private volume\. Set persistence\.enabled to false/,
    ],
    [
      'workers on a private volume',
      { ...SEVERAL, replicas: 1, worker: { replicas: 1 }, persistence: {} },
      /can't use a private volume/,
    ],
    ['ACME', { ...SITE, settings: { ACME_EMAIL: 'a@b.c' } }, /ACME_EMAIL can't work .* set settings\.TLS_CERT/],
    ['secret ACME', { ...SITE, secretSettings: { ACME_EMAIL: 'a@b.c' } }, /ACME_EMAIL can't work/],
    ['a second port', { ...SITE, settings: { REDIRECT_PORT: 8080 } }, /Let the Ingress or Gateway redirect/],
    ['an internal address', { ...SITE, settings: { PRIVATE_HOST: '0.0.0.0' } }, /can use the Service/],
    [
      'TLS that probes miss',
      { ...SITE, secretSettings: { TLS_CERT: '/c', TLS_KEY: '/k' } },
      /Move TLS_CERT to settings/,
    ],
    ['TLS in extraEnv', { ...SITE, extraEnv: [{ name: 'TLS_CERT', value: '/c' }] }, /Move TLS_CERT to settings/],
    [
      'an unused database in a file',
      { ...SITE, settings: { DATABASE_URL_FILE: '/s/url' } },
      /Set database\.external to true/,
    ],
    ['autoscaling on one disk', { ...SITE, autoscaling: { enabled: true } }, /needs a shared database/],
    ['a pod without state', { ...SITE, persistence: { enabled: false } }, /a pod loses its state/],
    ['a database without an address', { ...SITE, database: { external: true } }, /needs DATABASE_URL/],
    ['an unused database', { ...SITE, secretSettings: SECRETS }, /Set database\.external to true/],
    ['two Secrets', { ...SEVERAL, secretSettings: SECRETS }, /remove secretSettings/],
    [
      'keys that differ between pods',
      { ...SEVERAL, existingSecret: '', secretSettings: { DATABASE_URL: SECRETS.DATABASE_URL } },
      /same AUTH_SECRET/,
    ],
    [
      'an admin without a password',
      { ...SITE, settings: { ADMIN_EMAIL: 'a@b.c' } },
      /ADMIN_EMAIL needs ADMIN_PASSWORD/,
    ],
    ['metrics without a token', { ...SITE, metrics: { serviceMonitor: { enabled: true } } }, /needs METRICS_TOKEN/],
    ['a route to nowhere', { ...SITE, httpRoute: { enabled: true } }, /needs parentRefs/],
    ['bounds that cross', { ...SEVERAL, autoscaling: { enabled: true, minReplicas: 9 } }, /less than autoscaling\.min/],
    ['a misspelt value', { ...SITE, replica: 2 }, /replica' not allowed/],
    ['a misspelt setting', { ...SITE, settings: { SIGNUP: '0' } }, /SIGNUP' not allowed/],
    [
      'a secret among settings',
      { ...SITE, settings: { DATABASE_URL: 'postgresql://db/v' } },
      /DATABASE_URL' not allowed/,
    ],
    ['a setting of the chart', { ...SITE, settings: { PORT: 80 } }, /PORT' not allowed/],
    ['a setting that YAML changes', { ...SITE, settings: { SIGN_UP: true } }, /got boolean, want integer or string/],
    ['an empty secret', { ...SITE, secretSettings: { AUTH_SECRET: '' } }, /AUTH_SECRET/],
    ['no pods', { ...SITE, replicas: 0 }, /replicas/],
    ['text for a number', { ...SITE, replicas: '3; rm -rf /' }, /replicas/],
    ['an invalid image name', { ...SITE, image: { repository: 'a b"\n- c' } }, /repository/],
    ['a name with YAML in it', { ...SITE, fullnameOverride: 'a\n  b: c' }, /fullnameOverride/],
  ])('refuses %s, and says why', async (_, values, sentence) => {
    await expect(renderChart(helm.path ?? '', values)).rejects.toThrow(sentence);
  });
});
