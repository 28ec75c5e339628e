/** First path segments that the site itself answers: no alias may be one of them. Checked against app/ by a test. */
export const ROUTE_WORDS: readonly string[] = [
  'api',
  'console',
  'docs',
  'livez',
  'metrics',
  'readyz',
  'search',
  'signin',
  'signout',
  'signup',
  'token',
  'v2',
];
