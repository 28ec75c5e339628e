// Replays the calls of the Terraform AWS provider for ECR Public. See terraform.spec.ts.
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  GetAuthorizationTokenCommand,
  GetRepositoryCatalogDataCommand,
  ListTagsForResourceCommand,
  paginateDescribeImages,
  PutRepositoryCatalogDataCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type RepositoryCatalogDataInput,
} from '@aws-sdk/client-ecr-public';
import { expect, test } from 'vitest';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';
import { buildSampleImage } from '../sample-image.ts';
import { useTerraform } from './use-terraform.ts';

const site = useTerraform();

// Go sends empty sets.
const NONE = { architectures: [], operatingSystems: [] };
const WHOLE: RepositoryCatalogDataInput = {
  description: 'A tool',
  // As a heredoc ends.
  aboutText: '# About\n\n* One\n',
  usageText: 'Run it.\n',
  architectures: ['ARM', 'x86-64'],
  operatingSystems: ['Linux'],
};

async function readRepository(repositoryName: string) {
  const { ecrPublic } = site.aws;
  const { repositories } = await ecrPublic.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
  expect(repositories).toHaveLength(1);
  const { registryId, repositoryArn, repositoryUri } = repositories?.[0] ?? {};
  const catalog = await ecrPublic.send(new GetRepositoryCatalogDataCommand({ repositoryName, registryId }));
  const { tags } = await ecrPublic.send(new ListTagsForResourceCommand({ resourceArn: repositoryArn }));
  // The provider keeps the logo of its configuration.
  const { logoUrl: _, ...catalogData } = catalog.catalogData ?? {};
  return { registryId, repositoryArn, repositoryUri, catalogData: { ...NONE, ...catalogData }, tags };
}

test.each([
  ['plain', undefined, WHOLE],
  ['whole', { ...WHOLE, logoImageBlob: await makeLogo() }, { ...NONE, description: 'New' }],
  ['other-words', { ...NONE, architectures: ['amd64', 'Linux'] }, { ...NONE, operatingSystems: ['linux', 'ARM'] }],
])('aws_ecrpublic_repository %s: create, plan, update, plan, destroy', async (name, catalogData, next) => {
  const { ecrPublic } = site.aws;
  const repositoryName = `terraform/${name}`;
  const resourceArn = `arn:aws:ecr-public::${site.registryId}:repository/${repositoryName}`;
  const stateOf = ({ logoImageBlob: _, ...written }: RepositoryCatalogDataInput, tags: object[]) => ({
    registryId: site.registryId,
    repositoryArn: resourceArn,
    repositoryUri: `${site.address}/${repositoryName}`,
    catalogData: { ...NONE, ...written },
    tags,
  });
  const tags = [{ Key: 'team', Value: 'red' }];
  await ecrPublic.send(new CreateRepositoryCommand({ repositoryName, catalogData, tags }));
  expect(await readRepository(repositoryName)).toEqual(stateOf(catalogData ?? {}, tags));

  const newTags = [{ Key: 'stage', Value: 'test' }];
  await ecrPublic.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
  await ecrPublic.send(new TagResourceCommand({ resourceArn, tags: newTags }));
  const named = { registryId: site.registryId, repositoryName };
  await ecrPublic.send(new PutRepositoryCatalogDataCommand({ ...named, catalogData: next }));
  expect(await readRepository(repositoryName)).toEqual(stateOf(next, newTags));

  await site.push(repositoryName, await buildSampleImage(), ['v1']);
  const images: (string | undefined)[][] = [];
  for await (const page of paginateDescribeImages({ client: ecrPublic }, { repositoryName })) {
    images.push(...(page.imageDetails ?? []).map(({ imageTags = [] }) => imageTags));
  }
  expect(images).toEqual([['v1']]);
  await expect(ecrPublic.send(new DeleteRepositoryCommand(named))).rejects.toMatchObject({
    name: 'RepositoryNotEmptyException',
  });
  await ecrPublic.send(new DeleteRepositoryCommand({ ...named, force: true }));
  await expect(readRepository(repositoryName)).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
});

test('data aws_ecrpublic_authorization_token', async () => {
  const { authorizationData } = await site.aws.ecrPublic.send(new GetAuthorizationTokenCommand({}));
  const token = Buffer.from(authorizationData?.authorizationToken ?? '', 'base64').toString();
  expect(token.split(':')).toEqual(['AWS', expect.any(String)]);
  expect(authorizationData?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
});
