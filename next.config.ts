import type { NextConfig } from 'next';

// The Content-Security-Policy is made per request, with a nonce: lib/platform/http/pages/page-policy.ts.
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
];

// Other sites may frame cards alone (app/api/card).
const NO_FRAMES = [{ key: 'X-Frame-Options', value: 'DENY' }];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run types` checks them; `npm start` need not wait for it, nor stumble over types left behind by `npm run dev`.
  typescript: { ignoreBuildErrors: true },
  // The registry API's `/v2/` ends in a slash, and no client follows a redirect away from it.
  skipTrailingSlashRedirect: true,
  // Titles stay in <head> for every reader, not only for the crawlers Next knows by name.
  htmlLimitedBots: /.*/,
  serverExternalPackages: [
    '@modelcontextprotocol/sdk',
    '@prisma/adapter-pg',
    '@prisma/client',
    '@simplewebauthn/server',
    'graphile-worker',
    'jose',
    'pg',
    'pino',
    'pino-pretty',
  ],
  headers: () =>
    Promise.resolve([
      { source: '/:path*', headers: SECURITY_HEADERS },
      { source: '/((?!api/card/).*)', headers: NO_FRAMES },
    ]),
};

export default config;
