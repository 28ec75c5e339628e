// Schemas of setting values. Each message continues a sentence that begins with the setting's name.
import { Resolver } from 'node:dns';
import { z } from 'zod';
import { byteSize } from './byte-size.ts';
import { parseNetwork } from '#lib/platform/net/public-address.ts';

export const flag = (fallback: '0' | '1') =>
  z
    .enum(['0', '1'], { error: 'must be 0 or 1' })
    .default(fallback)
    .transform((value) => value === '1');

export const httpUrl = z
  .string()
  .refine(isPlainAddress, 'must be an http:// or https:// address without a path')
  .transform((value) => new URL(value).origin);

function isPlainAddress(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
}

export const count = (fallback: number) =>
  z.coerce.number({ error: 'must be a number' }).int().min(0).max(1_000_000).default(fallback);

const POSTGRES_URL = 'must look like postgresql://USER:PASSWORD@HOST:5432/DATABASE';

export const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: POSTGRES_URL })
  .refine(isEscapedWell, 'must percent-encode special characters in the user and password, such as %25 for %')
  .refine((value) => URL.parse(value)?.pathname !== '', POSTGRES_URL);

function isEscapedWell(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

export const seconds = (fallback: number) =>
  z.coerce.number({ error: 'must be a number of seconds' }).int().min(0).max(86_400).default(fallback);

export const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

export const networks = (fallback: string) =>
  list
    .prefault(fallback)
    .refine((items) => items.every((item) => parseNetwork(item)), 'must list networks such as 10.0.0.0/8 or fd00::/8');

/** Bytes; null: unlimited. */
export const quota = z
  .string()
  .default('unlimited')
  .transform((text, context) => {
    if (text === 'unlimited') return null;
    const { data } = byteSize.safeParse(text);
    if (data) return data;
    context.addIssue({ code: 'custom', message: 'must be a size such as 50GB, or unlimited' });
    return z.NEVER;
  });

/** `hub.example.org=docker.io,…`: host of this site → registry that it mirrors. */
export const mirrorHosts = list
  .refine(
    (items) => items.every((item) => /^[\w.:[\]-]+=[\w.:[\]-]+$/.test(item)),
    'must look like hub.example.org=docker.io',
  )
  .transform((items) => {
    return new Map(items.map((item) => item.toLowerCase().split('=', 2)).map(([name = '', host = '']) => [name, host]));
  });
export const dnsServers = list.refine(areDnsServers, 'must be comma-separated addresses, each with an optional :PORT');

function areDnsServers(servers: string[]): boolean {
  try {
    new Resolver().setServers(servers);
    return true;
  } catch {
    return false;
  }
}

export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
  error: 'must be trace, debug, info, warn, error or silent',
});

export const regionName = z.string().regex(/^[a-z]{2,}(?:-[a-z0-9]+)*$/, 'must be a name such as eu-central-1');
