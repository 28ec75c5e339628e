// Reads SPDX 2 (https://spdx.github.io/spdx-spec/v2.3/) and CycloneDX 1 (https://cyclonedx.org/docs/1.6/json/).
import type { Sbom, SbomPackage } from './attached-document.ts';
import { cutText, isObject, listIn, objectIn, parseJson, textIn, valueIn, type JsonObject } from './json-fields.ts';
import { toPackageTable } from './package-table.ts';

const MAX_TOOLS = 10;
const MAX_NAME_LENGTH = 300;
const MAX_VERSION_LENGTH = 120;
const MAX_LICENCE_LENGTH = 200;
const MAX_PURL_LENGTH = 500;
/** Far more than an SBOM of a real image has. */
const MAX_READ = 500_000;

/** Returns null for anything else. */
export function readSbom(document: unknown): Sbom | null {
  const found = unwrapCosign(document);
  if (!isObject(found)) return null;
  if (textIn(found, 'spdxVersion').startsWith('SPDX-2')) return readSpdx(found);
  return textIn(found, 'bomFormat') === 'CycloneDX' ? readCycloneDx(found) : null;
}

/** Older versions of cosign wrap the document, as text or as an object, into `Data`. */
function unwrapCosign(document: unknown): unknown {
  const data = valueIn(document, 'Data');
  if (data === undefined) return document;
  return typeof data === 'string' ? parseJson(data) : data;
}

function readSpdx(document: JsonObject): Sbom {
  const listed = listIn(document, 'packages');
  return {
    format: 'SPDX',
    version: textIn(document, 'spdxVersion').slice('SPDX-'.length),
    name: textIn(document, 'name'),
    createdAt: textIn(document, 'creationInfo', 'created'),
    tools: textsOf(listIn(document, 'creationInfo', 'creators'))
      .filter((creator) => creator.startsWith('Tool: '))
      .map((creator) => creator.slice('Tool: '.length)),
    packages: toPackageTable(listed.slice(0, MAX_READ).filter(isObject).map(spdxPackage)),
    packageCount: listed.length,
  };
}

function spdxPackage(item: JsonObject): SbomPackage {
  const references = listIn(item, 'externalRefs').slice(0, 100);
  const reference = references.find((candidate) => textIn(candidate, 'referenceType') === 'purl');
  const [concluded, declared] = [textIn(item, 'licenseConcluded'), textIn(item, 'licenseDeclared')];
  return toPackage({
    name: textIn(item, 'name'),
    version: textIn(item, 'versionInfo'),
    licence: [concluded, declared].find((licence) => !['', 'NOASSERTION', 'NONE'].includes(licence)) ?? '',
    type: textIn(item, 'primaryPackagePurpose').toLowerCase(),
    purl: textIn(reference, 'referenceLocator'),
  });
}

function readCycloneDx(document: JsonObject): Sbom {
  const { components, count } = flattenComponents(listIn(document, 'components'));
  const tools = valueIn(document, 'metadata', 'tools');
  // Since 1.5, tools are components.
  const listed = Array.isArray(tools) ? tools : listIn(tools, 'components');
  const about = objectIn(document, 'metadata', 'component');
  return {
    format: 'CycloneDX',
    version: textIn(document, 'specVersion'),
    name: [textIn(about, 'name'), textIn(about, 'version')].filter((text) => text !== '').join(' '),
    createdAt: textIn(document, 'metadata', 'timestamp'),
    tools: listed.slice(0, MAX_TOOLS).map((tool) => `${textIn(tool, 'name')} ${textIn(tool, 'version')}`.trim()),
    packages: toPackageTable(components.map(cycloneDxPackage)),
    packageCount: count,
  };
}

/** Components nest to any depth, so this doesn't recurse. */
function flattenComponents(top: readonly unknown[]): { components: JsonObject[]; count: number } {
  const components: JsonObject[] = [];
  const lists = [top];
  let count = 0;
  for (let list = lists.pop(); list; list = lists.pop()) {
    for (const item of list) {
      // Files and operating systems aren't packages.
      const isPackage = isObject(item) && !['file', 'operating-system'].includes(textIn(item, 'type'));
      if (isPackage) count += 1;
      if (isPackage && components.length < MAX_READ) components.push(item);
      const below = listIn(item, 'components');
      if (below.length > 0) lists.push(below);
    }
  }
  return { components, count };
}

function cycloneDxPackage(item: JsonObject): SbomPackage {
  const group = textIn(item, 'group');
  const licences = listIn(item, 'licenses')
    .slice(0, 20)
    .map((entry) => textIn(entry, 'expression') || textIn(entry, 'license', 'id') || textIn(entry, 'license', 'name'));
  return toPackage({
    name: (group === '' ? '' : `${group}/`) + textIn(item, 'name'),
    version: textIn(item, 'version'),
    licence: licences.filter((licence) => licence !== '').join(', '),
    type: textIn(item, 'type'),
    purl: textIn(item, 'purl'),
  });
}

const PURL_TYPE = /^pkg:\/*([a-z0-9.+-]{1,40})\//i;

/** A package URL names a type, such as `deb`, that says more than `library`. */
function toPackage({ name, version, licence, type, purl }: SbomPackage): SbomPackage {
  return {
    name: cutText(name, MAX_NAME_LENGTH),
    version: cutText(version, MAX_VERSION_LENGTH),
    licence: cutText(licence, MAX_LICENCE_LENGTH),
    type: PURL_TYPE.exec(purl)?.[1]?.toLowerCase() ?? cutText(type, MAX_VERSION_LENGTH),
    purl: cutText(purl, MAX_PURL_LENGTH),
  };
}

function textsOf(values: readonly unknown[]): string[] {
  return values
    .slice(0, MAX_TOOLS)
    .filter((value) => typeof value === 'string')
    .map((value) => cutText(value, MAX_NAME_LENGTH));
}
