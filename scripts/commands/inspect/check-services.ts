import type { Config } from '#lib/config.ts';
import { createMailer } from '#lib/platform/net/mailer.ts';
import { openMeilisearch } from '#lib/search/meilisearch/meilisearch-server.ts';
import type { UpstreamFacts } from './doctor.sql.ts';
import { fail, ok, sentenceOf, warn, type Finding } from './finding.ts';

export async function checkSearch({ meilisearch }: Config): Promise<Finding> {
  if (!meilisearch) return ok('search', 'Searches use the database.');
  const { reader } = openMeilisearch(meilisearch);
  try {
    const { pkgVersion } = await reader.getVersion();
    return ok('search', `Meilisearch ${pkgVersion} answers.`);
  } catch (error) {
    const next = 'Start Meilisearch, or correct MEILI_URL and MEILI_KEY. Until then, searches use the database.';
    return warn('search', `Meilisearch can't be used: ${sentenceOf(error)}`, next);
  }
}

export async function checkEmail({ smtp }: Config): Promise<Finding> {
  if (!smtp) {
    const next = 'Set SMTP_URL and SMTP_FROM, so that people can confirm addresses and reset passwords.';
    return warn('email', 'Email is off.', next);
  }
  try {
    await createMailer(smtp).verify();
    return ok('email', 'The mail server accepts the login.');
  } catch (error) {
    return fail('email', `The mail server can't be used: ${sentenceOf(error)}`, 'Correct SMTP_URL.');
  }
}

/** By what pulls have recorded. */
export function judgeUpstreams(upstreams: UpstreamFacts[]): Finding[] {
  const failing = upstreams.filter(({ isFailing }) => isFailing);
  if (failing.length === 0) return [ok('upstreams', `${upstreams.length} upstreams, none of them failing.`)];
  return failing.map(({ host, lastProblem }) =>
    warn(
      'upstreams',
      `${host}: ${lastProblem ?? 'It fails.'}`,
      'Check its credentials and network under Admin → Mirrors.',
    ),
  );
}
