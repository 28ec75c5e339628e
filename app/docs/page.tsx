import type { Metadata } from 'next';
import { Fragment, type ReactNode } from 'react';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { pullCommand } from '#components/pulls/pull-commands.ts';
import { CONSOLE, SIGN_UP, TOKENS } from '#components/links.ts';
import { MirrorGuide } from '#components/site/mirror-guide.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { getApp } from '#lib/app.ts';
import { canonicalHost, DOCKER_HUB } from '#lib/upstream/client/docker-hub.ts';
import { getPullAddress } from '../_lib/repository/pull-address.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Push and pull your first image' };

const KEYS = [
  ['/', 'the search field'],
  ['Ctrl+K', 'search, and the places of this site (⌘K on a Mac)'],
  ['j k', 'the next and the previous result of a search; Enter opens it'],
  ['c', 'copies the pull command of the result'],
] as const;

export default async function DocsPage() {
  const { host, isPlainHttp } = await getPullAddress();
  const target = { address: `${host}/ALIAS/NAME`, reference: { tag: 'latest' }, isPlainHttp };
  return (
    <SitePage>
      <article className="max-w-2xl">
        <h1 className="text-xl font-semibold">Push and pull your first image</h1>
        <Section title="Pull">
          <p>
            Everything in the gallery can be pulled by anyone, without an account. A repository’s page has the command
            for your client; for Docker it looks like this:
          </p>
          <CodeLine code={pullCommand('docker', target)} label="Copy the pull command" />
        </Section>
        <Section title="Push">
          <p>
            {getApp().config.isSignUpOpen ? (
              <>
                <a className="link" href={SIGN_UP}>
                  Create an account
                </a>
                . Your{' '}
              </>
            ) : (
              'Ask the operator of this site for an account. Your '
            )}
            <a className="link" href={CONSOLE}>
              console
            </a>{' '}
            shows your alias: it stands before the names of all your repositories, as ALIAS does here. A repository that
            does not exist yet is made by the first push to it.
          </p>
          <PushGuide alias="ALIAS" host={host} name="NAME" />
          <p>The image shows in the gallery and in search a few seconds later.</p>
        </Section>
        <Section title="Access tokens">
          <p>
            Clients sign in with an{' '}
            <a className="link" href={TOKENS}>
              access token
            </a>{' '}
            in place of your password. Give each machine its own, with no more rights than it needs and a day on which
            it ends: one that leaks is revoked without disturbing the others.
          </p>
        </Section>
        <Section title="Mirrors">
          <MirrorGuide dockerHubHost={findDockerHubHost()} host={host} isPlainHttp={isPlainHttp} />
        </Section>
        {isPlainHttp && (
          <Section title="This site speaks plain http">
            <p>
              Docker takes that for addresses of your own machine. For another one, add the address below to
              “insecure-registries” in the Docker daemon’s settings, or have the operator put the site behind https.
            </p>
            <CodeLine code={host} label="Copy the address" />
          </Section>
        )}
        <Section title="Keys">
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {KEYS.map(([keys, what]) => (
              <Fragment key={keys}>
                <dt className="font-mono text-sm">{keys}</dt>
                <dd>{what}</dd>
              </Fragment>
            ))}
          </dl>
        </Section>
      </article>
    </SitePage>
  );
}

/** Docker can't say whose image it wants: a host name of this site says it. */
function findDockerHubHost(): string | null {
  const hosts = [...getApp().config.mirrors.hosts];
  return hosts.find(([, standsFor]) => canonicalHost(standsFor) === DOCKER_HUB)?.[0] ?? null;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-8 flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
