import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, linkSync, mkdirSync, openSync, symlinkSync, truncateSync } from 'node:fs';
import { utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Creates every kind of file that a layer can contain. */
export function makeLayerTree(root: string): string {
  const at = (...parts: string[]) => join(root, ...parts);
  mkdirSync(at('etc', 'empty'), { recursive: true });
  mkdirSync(at('usr', 'bin'), { recursive: true });
  const long = at(...Array.from({ length: 6 }, (_, i) => `${i}`.repeat(40)));
  mkdirSync(long, { recursive: true });
  writeFileSync(join(long, 'n'.repeat(150)), 'long');
  symlinkSync('t'.repeat(180), at('etc', 'long-target'));
  writeFileSync(at('usr', 'bin', 'tool'), 'x'.repeat(70_000));
  chmodSync(at('usr', 'bin', 'tool'), 0o6755);
  linkSync(at('usr', 'bin', 'tool'), at('usr', 'bin', 'same'));
  writeFileSync(at('etc', '.wh.gone'), '');
  writeFileSync(at('etc', '.wh..wh..opq'), '');
  writeFileSync(at('etc', 'ümlaut 日本語'), 'text');
  for (const [name, seconds] of [
    ['before', -86_400.5],
    ['fraction', 1.25],
    ['far', 20_000_000_000],
  ] as const) {
    writeFileSync(at('etc', name), name);
    utimesSync(at('etc', name), seconds, seconds);
  }
  const sparse = openSync(at('sparse'), 'w');
  for (let i = 0; i < 30; i += 1) writeSync(sparse, `data ${i}`, i * 1_000_000);
  closeSync(sparse);
  truncateSync(at('sparse'), 40_000_000);
  if (process.getuid?.() === 0) execFileSync('mknod', [at('null'), 'c', '1', '3']);
  execFileSync('mkfifo', [at('pipe')]);
  return root;
}
