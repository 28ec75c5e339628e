// The user handle that authenticators store with a passkey: the user's id, which says nothing about the person
// (https://www.w3.org/TR/webauthn-3/#user-handle).

export function encodeUserHandle(userId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex'));
}

/** Returns the id, or null for anything else. */
export function decodeUserHandle(handle: string): string | null {
  const hex = Buffer.from(handle, 'base64url').toString('hex');
  const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(hex);
  return parts && parts.slice(1).join('-');
}
