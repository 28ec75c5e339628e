import type { PublishingWorkflow } from '#lib/gallery/repository/find-publishing-workflow.ts';
import { TimeAgo } from '../ui/time-ago.tsx';
import { FactRow, MaybeLink, Mono } from './parts.tsx';

/** The run that pushed an image, as the issuer of its token describes it. */
export function WorkflowFacts({ workflow }: { workflow: PublishingWorkflow }) {
  const { repository, file, commit, run, service, issuer, pushedAt } = workflow;
  return (
    <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2 lg:grid-cols-3">
      <FactRow term="Repository">{repository && <MaybeLink link={repository} />}</FactRow>
      <FactRow term="Workflow">{file && <MaybeLink link={file} />}</FactRow>
      <FactRow term="Commit">{commit && <MaybeLink link={commit} />}</FactRow>
      <FactRow term="Run">{run && <MaybeLink link={run} />}</FactRow>
      <FactRow term="Issuer">{service ?? <Mono text={issuer} />}</FactRow>
      <FactRow term="Pushed">
        <TimeAgo date={pushedAt} />
      </FactRow>
    </dl>
  );
}
