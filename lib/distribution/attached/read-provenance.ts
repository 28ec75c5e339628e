// Reads SLSA provenance 0.1, 0.2 and 1 (https://slsa.dev/spec/v1.1/provenance), also as BuildKit writes it
// (https://docs.docker.com/build/metadata/attestations/slsa-definitions/).
import { fromGitAddress, toCommitLink, toWebLink } from '#lib/gallery/repository/stated-facts.ts';
import type { Provenance, SourceLink } from './attached-document.ts';
import { cutText, digestIn, isObject, listIn, objectIn, textIn, valueIn, type JsonObject } from './json-fields.ts';

const MAX_MATERIALS = 500;
const MAX_PARAMETERS = 100;
const MAX_VALUE_LENGTH = 1_000;
const MAX_LINK_LENGTH = 500;
const MAX_DEPTH = 5;

/** Returns null for another predicate. */
export function readProvenance(predicate: unknown): Provenance | null {
  if (!isObject(predicate)) return null;
  if (objectIn(predicate, 'buildDefinition')) return readVersion1(predicate);
  const isOlder = objectIn(predicate, 'builder') && (valueIn(predicate, 'buildType') ?? valueIn(predicate, 'recipe'));
  return isOlder ? readOlder(predicate) : null;
}

function readVersion1(predicate: JsonObject): Provenance {
  const external = objectIn(predicate, 'buildDefinition', 'externalParameters');
  const dependencies = listIn(predicate, 'buildDefinition', 'resolvedDependencies');
  const metadata = objectIn(predicate, 'runDetails', 'metadata');
  return {
    format: 'SLSA v1',
    ...readSource({
      address:
        textIn(external, 'configSource', 'uri') ||
        textIn(external, 'workflow', 'repository') ||
        textIn(external, 'source', 'uri') ||
        textIn(external, 'source'),
      commit: textIn(external, 'configSource', 'digest', 'sha1') || textIn(external, 'source', 'digest', 'gitCommit'),
      vcs: objectIn(metadata, 'buildkit_metadata', 'vcs'),
      materials: dependencies,
    }),
    builder: textIn(predicate, 'runDetails', 'builder', 'id'),
    buildType: textIn(predicate, 'buildDefinition', 'buildType'),
    invocation: textIn(metadata, 'invocationId') || textIn(metadata, 'invocationID'),
    startedAt: textIn(metadata, 'startedOn'),
    finishedAt: textIn(metadata, 'finishedOn'),
    parameters: listParameters(external),
    ...readMaterials(dependencies),
  };
}

function readOlder(predicate: JsonObject): Provenance {
  const materials = listIn(predicate, 'materials');
  const metadata = objectIn(predicate, 'metadata');
  const isFirst = objectIn(predicate, 'recipe') !== null;
  const source = objectIn(predicate, 'invocation', 'configSource');
  return {
    format: isFirst ? 'SLSA v0.1' : 'SLSA v0.2',
    ...readSource({
      address: textIn(source, 'uri'),
      commit: textIn(source, 'digest', 'sha1'),
      vcs: objectIn(metadata, 'https://mobyproject.org/buildkit@v1#metadata', 'vcs'),
      materials,
    }),
    builder: textIn(predicate, 'builder', 'id'),
    buildType: textIn(predicate, 'buildType') || textIn(predicate, 'recipe', 'type'),
    invocation: textIn(metadata, 'buildInvocationId') || textIn(metadata, 'buildInvocationID'),
    startedAt: textIn(metadata, 'buildStartedOn'),
    finishedAt: textIn(metadata, 'buildFinishedOn'),
    parameters: listParameters(
      valueIn(predicate, 'invocation', 'parameters') ?? valueIn(predicate, 'recipe', 'arguments'),
    ),
    ...readMaterials(materials),
  };
}

type SourceInput = { address: string; commit: string; vcs: JsonObject | null; materials: readonly unknown[] };

/** Prefers what the build names as its source, then BuildKit's notes, then a git repository among the materials. */
function readSource(input: SourceInput): Pick<Provenance, 'source' | 'commit'> {
  const { vcs, materials } = input;
  const git = materials.slice(0, MAX_MATERIALS).find((item) => /^git\+|\.git(?:[#@]|$)/.test(textIn(item, 'uri')));
  const address = input.address || textIn(vcs, 'source') || textIn(git, 'uri');
  const commit =
    input.commit || textIn(vcs, 'revision') || textIn(git, 'digest', 'gitCommit') || textIn(git, 'digest', 'sha1');
  const link = toRepositoryLink(address);
  return {
    source: toSourceLink(address, link),
    commit: toSourceLink(commit, link && toCommitLink(link, commit.replace(/-dirty$/, ''))),
  };
}

function toSourceLink(text: string, href: string | null): SourceLink | null {
  return text === '' ? null : { text, href };
}

/** Drops the reference and folder of `git+https://HOST/OWNER/NAME.git@refs/heads/main#REF`. */
function toRepositoryLink(address: string): string | null {
  const repository = address.replace(/#.*$/, '').replace(/@refs\/.*$/, '');
  return toWebLink(fromGitAddress(repository), MAX_LINK_LENGTH);
}

/** Lists leaves by their path, such as `request.args.target`. Deeper values are shown as JSON. */
function listParameters(parameters: unknown): [string, string][] {
  const rows: [string, string][] = [];
  const add = (value: unknown, path: string, depth: number): void => {
    if (rows.length >= MAX_PARAMETERS || value === null || value === undefined) return;
    if (isObject(value) && depth < MAX_DEPTH) {
      for (const name in value) {
        if (rows.length >= MAX_PARAMETERS) return;
        add(value[name], path === '' ? name.slice(0, 200) : `${path}.${name.slice(0, 200)}`, depth + 1);
      }
      return;
    }
    const text = typeof value === 'object' ? listText(value) : scalarText(value);
    rows.push([path, cutText(text, MAX_VALUE_LENGTH)]);
  };
  if (isObject(parameters)) add(parameters, '', 0);
  return rows;
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listText(value: object): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.slice(0, MAX_PARAMETERS).map(String).join(', ');
  }
  return Array.isArray(value) ? `[${value.length}]` : '{…}';
}

function readMaterials(materials: readonly unknown[]): Pick<Provenance, 'materials' | 'materialCount'> {
  const shown = materials.slice(0, MAX_MATERIALS).map((item) => ({
    uri: textIn(item, 'uri') || textIn(item, 'name'),
    digest: digestIn(item, 'digest'),
  }));
  return { materials: shown, materialCount: materials.length };
}
