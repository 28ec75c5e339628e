// A minimal HTTP/1.1 client on one keep-alive connection. CPU that the load generator uses is missing for the servers
// under test.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** Shared by all connections, because each chunk is processed before the next is read. */
const READ_BUFFER = Buffer.alloc(1024 * 1024);

export type SocketAnswer = { status: number; head: string; bodyBytes: number };

export type Asked = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  path: string;
  headers?: Record<string, string>;
  /** Sent in order. */
  body?: Buffer[];
};

/** One request at a time. */
export class HttpSocket {
  readonly #socket: Socket;
  readonly #host: string;
  #pending: { resolve: (answer: SocketAnswer) => void; reject: (error: Error) => void } | null = null;
  #hasBody = true;
  #headParts: Buffer[] = [];
  #answer: SocketAnswer | null = null;
  #bodyLeft = 0;

  private constructor(host: string) {
    const [name = '', port] = host.split(':');
    const read = (length: number) => {
      this.#read(READ_BUFFER.subarray(0, length));
      return true;
    };
    this.#host = host;
    this.#socket = connect({ host: name, port: Number(port), onread: { buffer: READ_BUFFER, callback: read } });
    this.#socket.setNoDelay(true);
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static async open(host: string): Promise<HttpSocket> {
    const opened = new HttpSocket(host);
    await once(opened.#socket, 'connect');
    return opened;
  }

  /** @throws Error when the connection ends or the response has no Content-Length */
  ask({ method, path, headers = {}, body = [] }: Asked): Promise<SocketAnswer> {
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#hasBody = method !== 'HEAD';
      let head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
      for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
      if (method !== 'GET' && method !== 'HEAD') {
        head += `Content-Length: ${body.reduce((sum, part) => sum + part.length, 0)}\r\n`;
      }
      this.#socket.write(`${head}\r\n`, 'latin1');
      for (const part of body) this.#socket.write(part);
    });
  }

  close(): void {
    this.#pending = null;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (!this.#answer) {
      chunk = this.#readHead(chunk);
      if (!this.#answer) return;
    }
    this.#bodyLeft -= chunk.length;
    if (this.#bodyLeft > 0) return;
    if (this.#bodyLeft < 0) return this.#fail(new Error('response is longer than its Content-Length'));
    const [answer, pending] = [this.#answer, this.#pending];
    this.#answer = null;
    this.#pending = null;
    pending?.resolve(answer);
  }

  /** @returns the beginning of the body */
  #readHead(chunk: Buffer): Buffer {
    const soFar = this.#headParts.length === 0 ? chunk : Buffer.concat([...this.#headParts, chunk]);
    const end = soFar.indexOf(END_OF_HEAD);
    if (end < 0) {
      // Copy, because the buffer is reused.
      this.#headParts.push(Buffer.from(chunk));
      return soFar;
    }
    this.#headParts = [];
    const head = soFar.toString('latin1', 0, end + 2);
    const status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
    if (length === undefined && this.#hasBody && status !== 204) {
      this.#fail(new Error(`response without Content-Length:\n${head}`));
      return soFar;
    }
    this.#bodyLeft = this.#hasBody ? Number(length ?? 0) : 0;
    this.#answer = { status, head, bodyBytes: this.#bodyLeft };
    return soFar.subarray(end + END_OF_HEAD.length);
  }

  #fail(error: Error): void {
    this.#pending?.reject(error);
    this.#pending = null;
  }
}

/** The value of a header, or null. */
export function headerOf({ head }: SocketAnswer, name: string): string | null {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)\\r\\n`, 'i').exec(head)?.[1] ?? null;
}
