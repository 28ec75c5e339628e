// A minimal name server for tests (RFC 1035): TXT and A records over UDP and TCP.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

export type DnsEntry = { TXT?: string[]; A?: string | string[] };
export type Zone = { get: (name: string) => DnsEntry | undefined };
export type DnsServer = { address: string; close: () => void };

const TYPES = { A: 1, TXT: 16 } as const;
const HEADER_BYTES = 12;
const NAME_ERROR = 3;

/** Answers from `zone` as it is at the time of each query. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, client) => socket.send(answer(query, zone), client.port, client.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  const server = createServer((client) => answerStream(client, zone)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    socket.close();
    server.close();
  };
  return { address: `127.0.0.1:${port}`, close };
}

/** Two bytes with the length precede each message (section 4.2.2). Expects a query in one piece. */
function answerStream(client: Socket, zone: Zone): void {
  client.on('error', () => undefined);
  client.on('data', (framed: Buffer) => {
    const message = answer(framed.subarray(2), zone);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    client.write(Buffer.concat([length, message]));
  });
}

function answer(query: Buffer, zone: Zone): Buffer {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const question = query.subarray(HEADER_BYTES, at + 5);
  const type = query.readUInt16BE(at + 1);
  const entry = zone.get(labels.join('.').toLowerCase());
  const records = entry ? recordsOf(entry, type) : [];
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8180 | (entry ? 0 : NAME_ERROR), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records.map((data) => record(type, data))]);
}

function recordsOf({ TXT = [], A = [] }: DnsEntry, type: number): Buffer[] {
  if (type === TYPES.A) return [A].flat().map((address) => Buffer.from(address.split('.').map(Number)));
  if (type !== TYPES.TXT) return [];
  return TXT.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]));
}

/** The name is a pointer to the question's. The TTL is one second. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(1, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
