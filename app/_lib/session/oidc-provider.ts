import type { Profile } from 'next-auth';
import type { OAuthConfig } from 'next-auth/providers/oauth';
import type { OidcConfig } from '#lib/identity/identity-config.ts';

/** The provider's id in next-auth's routes. The redirect URI is `PUBLIC_URL/api/auth/callback/oidc`. */
export const OIDC_PROVIDER = 'oidc';

const DISCOVERY = '/.well-known/openid-configuration';
const TIMEOUT_MS = 10_000;

export function oidcProvider(oidc: OidcConfig): OAuthConfig<Profile> {
  return {
    id: OIDC_PROVIDER,
    name: oidc.name,
    type: 'oauth',
    wellKnown: oidc.issuer.replace(/\/$/, '') + DISCOVERY,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: oidc.scopes } },
    httpOptions: { timeout: TIMEOUT_MS },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    userinfo: {
      // Many issuers put email and groups into only one of the two. The signed token takes precedence.
      request: async ({ client, tokens }) => {
        const signed =
          'claims' in tokens && typeof tokens.claims === 'function' ? (tokens.claims as () => Profile)() : {};
        const { userinfo_endpoint: endpoint } = client.issuer.metadata;
        const told = endpoint && tokens.access_token ? await client.userinfo(tokens.access_token) : {};
        if ('sub' in told && told.sub !== signed.sub)
          throw new TypeError("the issuer's ID token and user info have different subjects");
        return { ...told, ...signed };
      },
    },
    // The signIn callback resolves the user.
    profile: (claims) => ({ id: claims.sub ?? '' }),
  };
}
