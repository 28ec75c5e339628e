import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../start/site-process.ts';

/** Reads a file of deploy/proxy. Each key of `changes` must be in it, and is replaced everywhere. */
export function readProxyExample(name: string, changes: Record<string, string>): string {
  let text = readFileSync(join(ROOT, 'deploy/proxy', name), 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`${name} doesn't contain ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
