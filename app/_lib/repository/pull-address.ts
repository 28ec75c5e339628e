import { headers } from 'next/headers';
import { getApp } from '#lib/app.ts';

/** The host that clients write before `/ALIAS/NAME`, and whether it speaks plain HTTP. */
export type PullAddress = { host: string; isPlainHttp: boolean };

const HOST = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Without PUBLIC_URL, uses the host name of the request. */
export async function getPullAddress(): Promise<PullAddress> {
  const { config } = getApp();
  const configured = new URL(config.publicUrl);
  const isPlainHttp = configured.protocol === 'http:';
  const asked = config.isPublicUrlSet ? null : (await headers()).get('host');
  return { host: asked && HOST.test(asked) ? asked : configured.host, isPlainHttp };
}

/** The scheme and host that visitors use, for addresses they copy from a page. */
export async function getVisitedOrigin(): Promise<string> {
  const { host, isPlainHttp } = await getPullAddress();
  return `${isPlainHttp ? 'http' : 'https'}://${host}`;
}
