// Pages of a workflow at forges whose URLs are known. Built from claims that look as the forge makes them, never from a URL
// in a claim.
import type { Workflow } from '#lib/access/trust/find-workflow.ts';
import { toCommitLink } from './stated-facts.ts';

export type WorkflowPart = { text: string; href: string | null };

export type WorkflowParts = Record<'repository' | 'file' | 'commit' | 'run', WorkflowPart | null>;

type Forge = {
  isIssuer: RegExp;
  repository: RegExp;
  toAddress: (repository: string) => string;
  runs: string;
  /** Groups: repository, path, branch, tag or commit. */
  file: RegExp;
  files: string;
};

/** A branch, a tag or a commit. */
const REFERENCE = String.raw`(?:refs\/(?:heads|tags)\/)?((?!refs\/)[\w.\-\/]+)`;

/** Self-managed servers are not among them, because nobody but their users knows where they lead. */
const FORGES: readonly Forge[] = [
  {
    // Enterprises may have a path of their own.
    isIssuer: /^https:\/\/token\.actions\.githubusercontent\.com(?:\/[\w-]+)?$/,
    repository: /^[\w-]+\/[\w.-]+$/,
    toAddress: (repository) => `https://github.com/${repository}`,
    runs: '/actions/runs/',
    file: new RegExp(String.raw`^([\w-]+\/[\w.-]+)\/(\.github\/workflows\/[\w.-]+)@${REFERENCE}$`),
    files: '/blob/',
  },
  {
    isIssuer: /^https:\/\/gitlab\.com$/,
    repository: /^[\w.-]+(?:\/[\w.-]+)+$/,
    toAddress: (repository) => `https://gitlab.com/${repository}`,
    runs: '/-/pipelines/',
    file: new RegExp(String.raw`^gitlab\.com\/([\w.\-\/]+?)\/\/([\w.\-\/]+)@${REFERENCE}$`),
    files: '/-/blob/',
  },
];

const RUN = /^\d{1,20}$/;

export function toWorkflowParts(workflow: Workflow): WorkflowParts {
  const { repository, file, commit, run } = workflow;
  const forge = FORGES.find(({ isIssuer }) => isIssuer.test(workflow.issuer));
  const home = forge && repository !== undefined ? addressOf(forge, repository) : null;
  return {
    repository: toPart(repository, home),
    file: toPart(file, forge && file !== undefined ? linkFile(forge, file) : null),
    commit: toPart(commit, home !== null && commit !== undefined ? toCommitLink(home, commit) : null),
    run: toPart(
      run,
      forge && home !== null && run !== undefined && RUN.test(run) ? `${home}${forge.runs}${run}` : null,
    ),
  };
}

function toPart(text: string | undefined, href: string | null): WorkflowPart | null {
  return text === undefined ? null : { text, href };
}

function addressOf(forge: Forge, repository: string): string | null {
  return forge.repository.test(repository) && !climbs(repository) ? forge.toAddress(repository) : null;
}

function linkFile(forge: Forge, file: string): string | null {
  const [, repository = '', path = '', reference = ''] = forge.file.exec(file) ?? [];
  const home = addressOf(forge, repository);
  return home === null || climbs(path) || climbs(reference) ? null : `${home}${forge.files}${reference}/${path}`;
}

/** A browser would resolve these parts, so that the link led elsewhere. */
function climbs(path: string): boolean {
  return path.split('/').some((part) => part === '' || part === '.' || part === '..');
}
