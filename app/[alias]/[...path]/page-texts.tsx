import { Markdown } from '#components/catalog/markdown.tsx';
import { ReadmeOrigin } from '#components/catalog/readme-origin.tsx';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { getReadme } from '#lib/gallery/readme/get-readme.ts';
import { getApp } from '#lib/app.ts';
import { getWorkKey } from '../../_lib/session/session.ts';

type TextProps = { repository: RepositoryPage };

/** Shows the fetched README, else what the publisher has written. */
export async function AboutText({ repository }: TextProps) {
  const readme = await getReadme(getApp(), { repositoryId: repository.id });
  if (readme?.text) {
    return (
      <>
        <Rendered repository={repository} text={readme.text} />
        {readme.url && readme.fetchedAt && <ReadmeOrigin fetchedAt={readme.fetchedAt} url={readme.url} />}
      </>
    );
  }
  // The rail shows the same facts as a text that was filled in from the image.
  const isFilledIn = repository.aboutText === repository.imageAboutText;
  if (isFilledIn || repository.aboutText.trim() === '') return <p className="text-muted">No description yet.</p>;
  return <Rendered repository={repository} text={repository.aboutText} />;
}

export function UsageText({ repository }: TextProps) {
  if (repository.usageText.trim() === '') return <p className="text-muted">No usage instructions yet.</p>;
  return <Rendered repository={repository} text={repository.usageText} />;
}

async function Rendered({ repository, text }: TextProps & { text: string }) {
  return <Markdown html={await getApp().markdown.render(text, await getWorkKey(), repository)} />;
}
