// Describes a repository by its image wherever the publisher has written nothing.
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { describeFromAnnotations, type Described } from '#lib/images/describe-from-annotations.ts';
import { licencesIn } from '#lib/oci/facts/licences.ts';
import { findBaseSystem } from '#lib/oci/facts/base-system.ts';
import { readImageAnnotations, type AnnotationsApp } from './repository/read-image-annotations.ts';
import { readBuildCommands } from './repository/read-build-commands.ts';
import { toStatedFacts } from './repository/stated-facts.ts';
import { getFeaturedTag, type ImageView } from './tag-queries.ts';

const TITLE = 'org.opencontainers.image.title';

const TEXTS = { description: true, aboutText: true, sourceUrl: true, imageDescription: true, imageAboutText: true };

const FACTS = { licences: true, baseSystem: true, imageBytes: true };

/** Updates a repository from the image on its page. A mirror keeps its texts, and waits until its image is stored here. */
export async function describeRepository(app: AnnotationsApp, repositoryId: bigint): Promise<void> {
  const repository = await app.db.repository.findUnique({
    where: { id: repositoryId },
    select: { ...TEXTS, ...FACTS, upstreamId: true, registryKey: true, name: true },
  });
  if (!repository) return;
  const shown = await getFeaturedTag(app, { repositoryId });
  if (!shown) return;
  const { upstreamId, registryKey, name, licences, baseSystem, imageBytes, ...before } = repository;
  const isMirror = upstreamId !== null;
  const { values, isPartial } = await readImageAnnotations(app, { repositoryId, image: shown });
  if (isMirror && isPartial) return;
  const { [TITLE]: title = '', ...annotations } = values;
  // `helm push` and `oras push` put the chart's or file's name there.
  const isName = title === name.slice(name.lastIndexOf('/') + 1);
  const described = describeFromAnnotations({ ...annotations, ...(!isName && { [TITLE]: title }) });
  const facts = {
    licences: licencesIn(toStatedFacts(values).licences ?? ''),
    baseSystem: findBaseSystem(values, await readBuildCommands(app, { repositoryId, image: shown })),
    imageBytes: imageBytesOf(shown),
  };
  const factsBefore = { licences, baseSystem, imageBytes: imageBytes === null ? null : Number(imageBytes) };
  const hasNewFacts = JSON.stringify(facts) !== JSON.stringify(factsBefore);
  const data = { ...(!isMirror && changesOf(before, described)), ...(hasNewFacts && facts) };
  if (Object.keys(data).length === 0) return;
  await app.db.$transaction(async (tx) => {
    // The publisher's concurrent edits win.
    const { count } = await tx.repository.updateMany({
      where: { id: repositoryId, ...before },
      data: { ...data, version: { increment: 1 } },
    });
    if (count === 0) return;
    await recordChange(tx, {
      type: 'repository.describe-image',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { repositoryId, name },
      before: { ...pick(before, data), ...(hasNewFacts && factsBefore) },
      after: data,
    });
  });
}

/** The compressed size for the platform that most people pull. */
function imageBytesOf({ sizeBytes, platforms }: ImageView): number {
  const usual = platforms.find(({ os, architecture }) => os === 'linux' && architecture === 'amd64') ?? platforms[0];
  return usual?.sizeBytes ?? sizeBytes;
}

type Texts = Described & { imageDescription: string; imageAboutText: string };

/** Replaces texts that are empty or came from an earlier image. */
function changesOf(before: Texts, described: Described): Partial<Texts> {
  const isOwn = (text: string, ofImage: string) => text !== '' && text !== ofImage;
  const wanted: Texts = {
    imageDescription: described.description,
    imageAboutText: described.aboutText,
    sourceUrl: described.sourceUrl,
    description: isOwn(before.description, before.imageDescription) ? before.description : described.description,
    aboutText: isOwn(before.aboutText, before.imageAboutText) ? before.aboutText : described.aboutText,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => before[key as keyof Texts] !== value));
}

function pick(before: Texts, data: Partial<Texts>): Partial<Texts> {
  return Object.fromEntries(Object.entries(before).filter(([key]) => key in data));
}
