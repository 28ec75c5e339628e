// Sends any body to the AWS APIs, signed as a client signs it. SDKs refuse to send most wrong input.
import { createHash, createHmac } from 'node:crypto';
import type { AwsService } from '#lib/api/aws/define-operations.ts';
import type { AwsCredentials } from './create-aws-clients.ts';

const TARGETS = { ecr: 'AmazonEC2ContainerRegistry_V20150921', 'ecr-public': 'SpencerFrontendService' };

export type RawAnswer = { status: number; body: { __type?: string; message?: string } };

type RawCall = { service: Exclude<AwsService, 'sts'>; name: string; body: string | Uint8Array<ArrayBuffer> };

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text).digest();

export async function sendRawCall(
  url: string,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  { service, name, body }: RawCall,
): Promise<RawAnswer> {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const signed = { host: new URL(url).host, 'x-amz-date': date, 'x-amz-target': `${TARGETS[service]}.${name}` };
  const names = Object.keys(signed).join(';');
  const lines = Object.entries(signed).map(([header, value]) => `${header}:${value}\n`);
  const request = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const scope = [date.slice(0, 8), 'eu-central-1', service, 'aws4_request'];
  const key = scope.reduce<string | Uint8Array>((from, part) => hmac(from, part), `AWS4${secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(request)].join('\n');
  const credential = `Credential=${accessKeyId}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${hmac(key, text).toString('hex')}`;
  const { host: _host, ...headers } = signed;
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, authorization }, body });
  return { status: answer.status, body: (await answer.json()) as RawAnswer['body'] };
}
