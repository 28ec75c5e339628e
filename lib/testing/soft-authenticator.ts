// A WebAuthn authenticator in software, with an ES256 key and no attestation.
// https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

type Prompt = { challenge: string; origin: string; rpId: string };
type Flags = { isUserVerified?: boolean };

const FLAGS = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 };

export class SoftAuthenticator {
  readonly credentialId = randomBytes(32);
  readonly #privateKey: KeyObject;
  readonly #coseKey: Buffer;
  counter = 0;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#privateKey = privateKey;
    // RFC 9053 §7.1: a map of kty EC2, alg ES256, curve P-256, x and y.
    const head = Buffer.from('a5010203262001215820', 'hex');
    this.#coseKey = Buffer.concat([head, decode(x), Buffer.from('225820', 'hex'), decode(y)]);
  }

  /** Answers a registration. */
  create(prompt: Prompt) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.credentialId, this.#coseKey]);
    const { userPresent, userVerified, attested } = FLAGS;
    const data = Buffer.concat([this.#head(prompt.rpId, userPresent | userVerified | attested), credential]);
    const size = Buffer.alloc(2);
    size.writeUInt16BE(data.length);
    // CBOR of { fmt: "none", attStmt: {}, authData: data }.
    const object = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746159', 'hex'),
      size,
      data,
    ]);
    const response = {
      clientDataJSON: encode(clientData('webauthn.create', prompt)),
      attestationObject: encode(object),
      transports: ['internal'],
    };
    return { ...this.#envelope(), response };
  }

  /** Answers a sign-in. `userHandle` is what the registration passed as user id. */
  get(prompt: Prompt, userHandle: string | undefined, { isUserVerified = true }: Flags = {}) {
    this.counter += 1;
    const flags = FLAGS.userPresent | (isUserVerified ? FLAGS.userVerified : 0);
    const data = this.#head(prompt.rpId, flags);
    const client = clientData('webauthn.get', prompt);
    const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
    const response = {
      clientDataJSON: encode(client),
      authenticatorData: encode(data),
      signature: encode(sign('sha256', signed, this.#privateKey)),
      ...(userHandle !== undefined && { userHandle }),
    };
    return { ...this.#envelope(), response };
  }

  #head(rpId: string, flags: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(flags), counter]);
  }

  #envelope() {
    const id = encode(this.credentialId);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
  }
}

function clientData(type: string, { challenge, origin }: Prompt): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
