import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOST, createPublisher, withFolder } from '../fixtures.ts';
import { run, runLogged } from '../run-program.ts';
import { findGoTool } from './go-tools.ts';

const { path, absent } = await findGoTool('helm');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

describe('helm', () => {
  test.skipIf(absent)(
    title('logs in, pushes versions of a chart and logs out, and anyone finds and pulls them'),
    async () => {
      const { alias, secret } = await createPublisher();
      const charts = `oci://${HOST}/${alias}/charts`;
      await withFolder(async (folder) => {
        const env = Object.fromEntries(
          ['CONFIG', 'CACHE', 'DATA'].map((what) => [`HELM_${what}_HOME`, join(folder, what)]),
        );
        const helm = (...args: string[]) => run(path ?? '', args, env);
        await helm('create', join(folder, 'lantern'));
        await helm('registry', 'login', '--plain-http', '-u', 'token', '-p', secret, HOST);
        for (const version of ['1.0.0', '1.1.0+build.5']) {
          await helm('package', join(folder, 'lantern'), '--version', version, '-d', folder);
          const { output, log } = await runLogged(
            path ?? '',
            ['push', '--plain-http', join(folder, `lantern-${version}.tgz`), charts],
            env,
          );
          expect(`${output}\n${log}`).toMatch(/Digest: sha256:/);
        }
        await helm('registry', 'logout', HOST);

        // A version with a plus sign becomes a tag with an underscore.
        const tags = await fetch(`http://${HOST}/v2/${alias}/charts/lantern/tags/list`);
        expect(await tags.json()).toMatchObject({ tags: ['1.0.0', '1.1.0_build.5'] });
        // The newest version below 2. helm lists the tags to find it.
        expect(await helm('show', 'chart', '--plain-http', `${charts}/lantern`, '--version', '<2')).toMatch(
          /1\.1\.0\+build\.5/,
        );
        mkdirSync(join(folder, 'out'));
        await helm('pull', '--plain-http', `${charts}/lantern`, '--version', '1.0.0', '-d', join(folder, 'out'));
        const [sent, came] = [folder, join(folder, 'out')].map((at) => readFileSync(join(at, 'lantern-1.0.0.tgz')));
        expect(came?.equals(sent ?? Buffer.alloc(0))).toBe(true);
      });
    },
  );

  test.skipIf(absent)(title('is refused with a wrong secret'), async () => {
    await withFolder(async (folder) => {
      const env = { HELM_CONFIG_HOME: folder };
      const login = ['registry', 'login', '--plain-http', '-u', 'token', '-p', 'wrong', HOST];
      await expect(run(path ?? '', login, env)).rejects.toThrow(/401|unauthorized/i);
    });
  });
});
