// Builds a static Linux program of a few hundred bytes that prints one line, for an image that really runs.

const LOAD_ADDRESS = 0x400000;
const HEADERS_BYTES = 64 + 56;
const MACHINES = { amd64: 62, arm64: 183 } as const;

export type HelloArchitecture = keyof typeof MACHINES;

/** An ELF executable (System V ABI, chapters 4 and 5) with one segment for headers, code and text. */
export function buildHelloBinary(architecture: HelloArchitecture, line: string): Buffer {
  const text = Buffer.from(`${line}\n`);
  const code = architecture === 'amd64' ? amd64Code(text.length) : arm64Code(text.length);
  const size = HEADERS_BYTES + code.length + text.length;
  const headers = Buffer.alloc(HEADERS_BYTES);
  headers.write('7f454c46020101', 0, 'hex');
  headers.writeUInt16LE(2, 16); // an executable
  headers.writeUInt16LE(MACHINES[architecture], 18);
  headers.writeUInt32LE(1, 20);
  headers.writeBigUInt64LE(BigInt(LOAD_ADDRESS + HEADERS_BYTES), 24); // entry point
  headers.writeBigUInt64LE(64n, 32); // program headers follow
  headers.writeUInt16LE(64, 52);
  headers.writeUInt16LE(56, 54);
  headers.writeUInt16LE(1, 56);
  headers.writeUInt16LE(64, 58);
  headers.writeUInt32LE(1, 64); // load,
  headers.writeUInt32LE(5, 68); // readable and executable
  headers.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 80);
  headers.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 88);
  headers.writeBigUInt64LE(BigInt(size), 96);
  headers.writeBigUInt64LE(BigInt(size), 104);
  headers.writeBigUInt64LE(0x10000n, 112);
  return Buffer.concat([headers, code, text]);
}

/** write(1, text, length); exit(0). The text follows the code. */
function amd64Code(length: number): Buffer {
  const code = Buffer.from('b801000000bf01000000488d3510000000ba000000000f05b83c00000031ff0f05', 'hex');
  code.writeUInt32LE(length, 18);
  return code;
}

function arm64Code(length: number): Buffer {
  const move = (register: number, value: number) => 0xd2800000 + value * 32 + register;
  const adrX1 = 0x100000c1; // 24 bytes ahead
  const call = 0xd4000001;
  const words = [move(8, 64), move(0, 1), adrX1, move(2, length), call, move(8, 93), move(0, 0), call];
  const code = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => code.writeUInt32LE(word, i * 4));
  return code;
}
