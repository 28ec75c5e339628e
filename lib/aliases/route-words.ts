/** First path segments that the site itself answers: no alias may be one of them. Checked against app/ by a test. */
export const ROUTE_WORDS: readonly string[] = [
  'admin',
  'api',
  'console',
  'docs',
  'livez',
  'metrics',
  'readyz',
  'report',
  'review',
  'search',
  'signin',
  'signout',
  'signup',
  'token',
  'v2',
];
