// Limits of identity providers. Browser-safe.

export const MAX_IDENTITY_PROVIDERS = 20;
export const MAX_AUDIENCES = 10;
/** Characters of a web identity token, as in the STS API. */
export const MAX_WEB_IDENTITY_TOKEN_LENGTH = 20_000;
/** Characters of pasted keys. */
export const MAX_KEYS_LENGTH = 65_536;
