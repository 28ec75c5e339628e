// The command of the Debian package, which runs in the folder of the code.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runLogged } from '../run-program.ts';

const SCRIPT = join(import.meta.dirname, '../../deploy/debian/vitrine.sh');

/** A command without a site or with an unknown name fails, too, but later. */
const failureOf = (args: string[]) => runLogged('sh', [SCRIPT, ...args]).catch((error: Error) => error.message);

describe('vitrine of the Debian package', () => {
  test.each([
    [['backup', 'copy']],
    [['backup', '--blobs', 'link', 'copy']],
    [['restore', '--accept-loss', 'copy']],
    [['backup', '/srv/b', '--base', 'copy']],
    [['policy', 'put', '--policy=copy']],
    [['role', 'create', '--trust-policy', 'copy']],
  ])('%j: refuses a path that is relative to the folder of the caller', async (args) => {
    expect(await failureOf(args)).toContain(`Write the full path instead of copy, such as ${process.cwd()}/copy`);
  });

  test.each([[['unknown', '--policy', '-']], [['unknown', '--about', '/a']], [['unknown', 'name']]])(
    '%j: passes everything else on',
    async (args) => {
      expect(await failureOf(args)).not.toContain('Write the full path');
    },
  );
});
