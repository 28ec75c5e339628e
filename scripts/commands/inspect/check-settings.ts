import { readEnvironment, VARIABLES } from '#lib/config.ts';
import { describeSettings } from '#lib/platform/config/describe-settings.ts';
import { describeUnknownName, listUnknownNames } from './unknown-names.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const CHECK = 'settings';

export function checkSettings(): Finding[] {
  const settings = describeSettings(VARIABLES, readEnvironment(), {});
  const refused = settings.flatMap(({ problem }) => (problem === null ? [] : [problem]));
  const problems = [
    ...refused.map((problem) => fail(CHECK, problem, 'Correct the value. docs/settings.md explains it.')),
    ...listUnknownNames().map((name) => warn(CHECK, describeUnknownName(name), 'Correct the name, or remove it.')),
  ];
  const setCount = settings.filter(({ origin }) => origin !== 'default').length;
  return problems.length > 0 ? problems : [ok(CHECK, `${setCount} settings are set, and all are valid.`)];
}
