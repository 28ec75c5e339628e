import { headers } from 'next/headers';
import { getApp } from '#lib/app.ts';

/** What clients write before `/ALIAS/NAME`, and whether they must be told that it speaks plain http. */
export type RegistryAddress = { host: string; isPlainHttp: boolean };

const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Without a PUBLIC_URL the name that the visitor used is as good as any: it reached this server. */
export async function getRegistryAddress(): Promise<RegistryAddress> {
  const { config } = getApp();
  const configured = new URL(config.publicUrl);
  const isPlainHttp = configured.protocol === 'http:';
  const asked = config.isPublicUrlSet ? null : (await headers()).get('host');
  return { host: asked && HOST.test(asked) ? asked : configured.host, isPlainHttp };
}
