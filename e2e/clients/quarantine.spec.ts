// What a real client prints about a quarantined repository.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { BASE_URL, HOST, createPublisher, missing, vitrine, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { buildSampleImage } from './sample-image.ts';

const absent = missing('skopeo');
const REASON = 'A miner was found in v1.';

test.skipIf(absent)(
  `skopeo prints the reason of a refused pull and can't push until the quarantine is lifted${absent ? ` (skipped: ${absent})` : ''}`,
  async () => {
    const { alias, secret } = await createPublisher();
    const admin = JSON.parse(
      await vitrine(
        'token',
        'create',
        '--email',
        process.env['E2E_ADMIN_EMAIL'] ?? '',
        '--scope',
        'api:write',
        '--json',
      ),
    ) as { secret: string };
    const decide = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${admin.secret}` };
      const url = `${BASE_URL}/api/v1/admin/${path}`;
      const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(status).toBe(204);
    };
    await withFolder(async (folder) => {
      await writeOciLayout(join(folder, 'in'), await buildSampleImage(), 'v1');
      const repository = `${alias}/suspect`;
      const target = `docker://${HOST}/${repository}:v1`;
      const push = () =>
        run('skopeo', ['copy', '--dest-tls-verify=false', `--dest-creds=t:${secret}`, `oci:${folder}/in:v1`, target]);
      const pull = () => run('skopeo', ['inspect', '--raw', '--no-creds', '--tls-verify=false', target]);
      const page = async () => (await fetch(`${BASE_URL}/${repository}`)).status;
      await push();
      await pull();
      expect(await page()).toBe(200);
      await decide('quarantine', { repository, reason: REASON });
      await expect(pull()).rejects.toThrow(`is in quarantine: ${REASON}`);
      // skopeo sends a HEAD first, whose response can't contain a reason.
      await expect(push()).rejects.toThrow(/403|denied/);
      expect(await page()).toBe(404);
      await decide('quarantine/lift', { repository });
      await pull();
      expect(await page()).toBe(200);
      await decide('takedowns', { repository, reason: REASON });
      await expect(pull()).rejects.toThrow(/unknown|doesn't exist|unauthorized|sign in/i);
      expect(await page()).toBe(404);
    });
  },
);
