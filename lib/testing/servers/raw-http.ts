// Sends raw requests. fetch would normalize `..` and refuse much of what a hostile client may send.
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Answer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The codes of an OCI error body. */
  codes: string[];
};

export type SendOptions = { headers?: OutgoingHttpHeaders; body?: Buffer | string };

export type RawClient = {
  send: (method: string, path: string, options?: SendOptions) => Promise<Answer>;
  /** Pushes a blob in one request and returns its digest. */
  pushBlob: (name: string, bytes: Buffer | string) => Promise<string>;
  /** Starts an upload and returns its Location. */
  startUpload: (name: string) => Promise<string>;
};

export function createRawClient(url: string, authorization?: string): RawClient {
  const send = async (method: string, path: string, options: SendOptions = {}): Promise<Answer> => {
    const headers = { ...(authorization && { authorization }), ...options.headers };
    return sendRequest(new URL(url), method, path, { ...options, headers });
  };
  const startUpload = async (name: string): Promise<string> => {
    const answer = await send('POST', `/v2/${name}/blobs/uploads/`);
    if (answer.status !== 202) throw new Error(`starting an upload failed: ${answer.status} ${answer.body.toString()}`);
    return answer.headers.location ?? '';
  };
  const pushBlob = async (name: string, bytes: Buffer | string): Promise<string> => {
    const digest = sha256(bytes);
    const answer = await send('PUT', `${await startUpload(name)}?digest=${digest}`, { body: bytes });
    if (answer.status !== 201) throw new Error(`pushing a blob failed: ${answer.status} ${answer.body.toString()}`);
    return digest;
  };
  return { send, pushBlob, startUpload };
}

export function basic(token: string, userName = 'anyone'): string {
  return `Basic ${Buffer.from(`${userName}:${token}`).toString('base64')}`;
}

export function sha256(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function sha512(bytes: Buffer | string): string {
  return `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
}

function sendRequest(url: URL, method: string, path: string, { headers, body }: SendOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({ host: url.hostname, port: url.port, method, path, headers }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: bytes, codes: readCodes(bytes) });
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

export type PartialRequest = { method: string; path: string; authorization: string; lengthBytes: number; body: Buffer };

/** Sends less than its Content-Length, waits and drops the connection. */
export async function sendPartly(url: string, request: PartialRequest, waitMs = 100): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const headers = `Host: x\r\nAuthorization: ${request.authorization}\r\nContent-Length: ${request.lengthBytes}`;
  socket.write(`${request.method} ${request.path} HTTP/1.1\r\n${headers}\r\n\r\n`);
  socket.write(request.body);
  await sleep(waitMs);
  socket.destroy();
}

function readCodes(body: Buffer): string[] {
  try {
    const document = JSON.parse(body.toString()) as { errors?: { code: string }[] };
    return (document.errors ?? []).map((error) => error.code);
  } catch {
    return [];
  }
}
