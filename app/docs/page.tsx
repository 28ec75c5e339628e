import type { Metadata } from 'next';
import { Fragment, type ReactNode } from 'react';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { pullCommand } from '#components/pulls/pull-commands.ts';
import { CONSOLE, MCP, OPEN_API, SIGN_UP, TOKENS } from '#components/links.ts';
import { MirrorGuide } from '#components/site/mirror-guide.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { getApp } from '#lib/app.ts';
import { canonicalHost, DOCKER_HUB } from '#lib/upstream/client/docker-hub.ts';
import { getPullAddress, getVisitedOrigin } from '../_lib/repository/pull-address.ts';
import { SitePage } from '../_lib/frames/site-page.tsx';

export const metadata: Metadata = { title: 'Push and pull your first image' };

const KEYS = [
  ['/', 'Focus the search field'],
  ['Ctrl+K', 'Open search and navigation (⌘K on a Mac)'],
  ['j k', 'Move to the next or previous search result, then press Enter to open it'],
  ['c', 'Copy the selected result’s pull command'],
] as const;

export default async function DocsPage() {
  const [{ host, isPlainHttp }, origin] = await Promise.all([getPullAddress(), getVisitedOrigin()]);
  const target = { address: `${host}/ALIAS/NAME`, reference: { tag: 'latest' }, isPlainHttp };
  return (
    <SitePage>
      <article className="max-w-2xl">
        <h1 className="text-xl font-semibold">Push and pull your first image</h1>
        <Section title="Pull">
          <p>
            Anyone can pull images in the gallery without an account. Each repository’s page shows the command for your
            client. For Docker:
          </p>
          <CodeLine code={pullCommand('docker', target)} label="Copy pull command" />
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
            shows your alias, which starts the name of each of your repositories (ALIAS below). The first push creates
            the repository.
          </p>
          <PushGuide alias="ALIAS" host={host} name="NAME" />
          <p>The image appears in the gallery and in search within seconds.</p>
        </Section>
        <Section title="Access tokens">
          <p>
            Clients sign in with an{' '}
            <a className="link" href={TOKENS}>
              access token
            </a>{' '}
            instead of your password. Create one per machine, with only the access it needs and an expiry date. If one
            leaks, you can revoke it without affecting the others.
          </p>
        </Section>
        <Section title="Mirrors">
          <MirrorGuide dockerHubHost={findDockerHubHost()} host={host} isPlainHttp={isPlainHttp} />
        </Section>
        <Section id="api" title="API">
          <p>
            Everything on this site can be read and changed at <code className="font-mono">/api/v1</code>. The{' '}
            <a className="link" href={OPEN_API}>
              OpenAPI document
            </a>{' '}
            lists every route. Public content needs no access token.
          </p>
          <CodeLine code={`curl '${origin}/api/v1/search?q=web'`} label="Copy example request" />
          <p>
            AI assistants and editors that speak the Model Context Protocol (MCP) can search and describe images at this
            address. They can’t change anything.
          </p>
          <CodeLine code={origin + MCP} label="Copy MCP address" />
        </Section>
        {isPlainHttp && (
          <Section title="This site uses plain HTTP">
            <p>
              Docker accepts plain HTTP for local addresses only. For this site, add the address below to
              “insecure-registries” in the Docker daemon’s settings, or ask the operator to enable HTTPS.
            </p>
            <CodeLine code={host} label="Copy address" />
          </Section>
        )}
        <Section title="Keyboard shortcuts">
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

/** Docker doesn't name the registry it wants, so a dedicated host name implies it. */
function findDockerHubHost(): string | null {
  const hosts = [...getApp().config.mirrors.hosts];
  return hosts.find(([, standsFor]) => canonicalHost(standsFor) === DOCKER_HUB)?.[0] ?? null;
}

function Section({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section id={id} className="mt-8 flex flex-col gap-3">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
