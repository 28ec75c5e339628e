import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { visibilitySchema, type CatalogData } from '#lib/repositories/schema.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { print, readInputFile, required, withApp, type Command, type OptionValues } from './command.ts';

export const updateRepositoryCommand: Command = {
  summary: "Change a repository's catalog data and visibility",
  options: {
    repository: { value: 'ALIAS/NAME', doc: 'The repository', isRequired: true },
    description: { value: 'TEXT', doc: 'One line' },
    about: { value: 'FILE', doc: 'About text in Markdown (- for standard input)' },
    usage: { value: 'FILE', doc: 'Usage text in Markdown (- for standard input)' },
    os: { value: 'NAME', doc: 'Operating system, such as linux (repeatable)', multiple: true },
    architecture: { value: 'NAME', doc: 'Architecture, such as arm64 (repeatable)', multiple: true },
    category: { value: 'SLUG', doc: 'Category, such as databases (repeatable)', multiple: true },
    visibility: { value: 'VISIBILITY', doc: 'public or private' },
  },
  run: async (values) => {
    const fullName = required(values, 'repository');
    const catalogData = readCatalogData(values);
    const visibility =
      values.visibility === undefined ? undefined : parseField('visibility', visibilitySchema, values.visibility);
    if (Object.keys(catalogData).length === 0 && !visibility) {
      throw new AppError('invalid_input', 'Give at least one option to change. --help lists them.');
    }
    await withApp((app) =>
      updateCatalogData(app, { caller: SYSTEM_CALLER, fullName, catalogData, ...(visibility && { visibility }) }),
    );
    const changed = [...Object.keys(catalogData), ...(visibility ? ['visibility'] : [])];
    print(values, { repository: fullName, changed }, [`Updated ${fullName}: ${changed.join(', ')}.`]);
  },
};

function readCatalogData({
  description,
  about,
  usage,
  os,
  architecture,
  category,
}: OptionValues): Partial<CatalogData> {
  return {
    ...(typeof description === 'string' && { description }),
    ...(typeof about === 'string' && { aboutText: readInputFile(about) }),
    ...(typeof usage === 'string' && { usageText: readInputFile(usage) }),
    ...(Array.isArray(os) && { operatingSystems: withoutEmpty(os) }),
    ...(Array.isArray(architecture) && { architectures: withoutEmpty(architecture) }),
    ...(Array.isArray(category) && { categories: withoutEmpty(category) }),
  };
}

/** Drops empty names, so that one empty name clears the list. */
function withoutEmpty(names: string[]): string[] {
  return names.filter((name) => name !== '');
}
