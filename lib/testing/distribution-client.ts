// A minimal /v2 client that sends what docker sends.
import type { Blob, BuiltManifest } from '#lib/testing/images/build-image.ts';

export type DistributionClient = {
  /** `path` starts with `/v2/`. Throws unless the response is 2xx. */
  request: (method: string, path: string, body?: { mediaType: string; bytes: Buffer }) => Promise<Response>;
  /** Pushes everything below the manifest, then the manifest under each tag, or by digest without tags. */
  push: (fullName: string, manifest: BuiltManifest, tags: string[]) => Promise<void>;
};

/** @param baseUrl `http://HOST:PORT` @param token an access token that may push */
export function createDistributionClient(baseUrl: string, token: string): DistributionClient {
  const authorization = `Basic ${Buffer.from(`token:${token}`).toString('base64')}`;

  const request: DistributionClient['request'] = async (method, path, body) => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: { authorization, ...(body && { 'content-type': body.mediaType }) },
      ...(body && { body: new Uint8Array(body.bytes) }),
    });
    if (response.ok) return response;
    throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  };

  const pushBlob = async (fullName: string, blob: Blob): Promise<void> => {
    const upload = await request('POST', `/v2/${fullName}/blobs/uploads/`);
    const location = upload.headers.get('location') ?? '';
    const target = `${location}${location.includes('?') ? '&' : '?'}digest=${blob.digest}`;
    await request('PUT', target, { mediaType: 'application/octet-stream', bytes: blob.bytes });
  };

  const push: DistributionClient['push'] = async (fullName, manifest, tags) => {
    for (const child of manifest.children) await push(fullName, child, []);
    for (const blob of manifest.blobs) await pushBlob(fullName, blob);
    const references = tags.length > 0 ? tags : [manifest.digest];
    for (const reference of references) await request('PUT', `/v2/${fullName}/manifests/${reference}`, manifest);
  };

  return { request, push };
}
