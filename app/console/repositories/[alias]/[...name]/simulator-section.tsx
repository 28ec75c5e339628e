import { Explanation } from '#components/console/access/explanation.tsx';
import { PrincipalList } from '#components/console/access/principal-list.tsx';
import { TextField } from '#components/forms/text-field.tsx';
import { consoleRepositoryLink } from '#components/links.ts';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { REPOSITORY_ACTIONS } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { explainAccess } from '#lib/repositories/simulator/explain-access.ts';
import { listPrincipals } from '#lib/repositories/simulator/list-principals.ts';
import { MAX_ASKED_LENGTH, type AccessExplanation, type AskedAccess } from '#lib/repositories/simulator/schema.ts';
import { fieldErrorsOf } from '../../../../_lib/actions/run-action.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { choiceParam, textParam, type RawSearchParams } from '../../../../_lib/search-params.ts';

type SimulatorSectionProps = { loaded: ConsoleRepository; query: RawSearchParams };

const RIGHT_NAMES = { pull: 'Pull', push: 'Push', delete: 'Delete' } as const;
const SHOWN_PRINCIPALS = 100;

/** Explains who may do what, and why. A form of GET, so that answers can be linked to. */
export async function SimulatorSection({ loaded: { caller, path }, query }: SimulatorSectionProps) {
  const app = getApp();
  const fullName = `${path.alias}/${path.name}`;
  const linkTo = (params: Record<string, string>) => consoleRepositoryLink({ ...path, tab: 'access' }, params);
  const right = choiceParam(query, 'who', REPOSITORY_ACTIONS) ?? 'push';
  const asked = readQuestion(query);
  const { principals, isTruncated } = await listPrincipals(app, { caller, fullName, action: right });
  const { explanation, errors } = await answer({ ...asked, caller, fullName });
  const shown = principals.slice(0, SHOWN_PRINCIPALS);
  return (
    <>
      <section className="max-w-3xl" id="simulator">
        <h2 className="mb-1 text-lg font-semibold">Access simulator</h2>
        <p className="mb-3 text-sm text-muted">
          Shows whether somebody can do something, which statement or role decides, and what would have to change.
        </p>
        <form action={`${linkTo({})}#simulator`} className="mb-4 flex flex-col gap-3" method="get">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField
              defaultValue={asked.principal}
              error={errors.principal}
              hint="A member’s email address, a robot, a registry’s 12 digits, an ARN, * or anonymous"
              isCode
              label="Principal"
              maxLength={MAX_ASKED_LENGTH}
              name="principal"
              required
            />
            <TextField
              defaultValue={asked.action}
              error={errors.action}
              hint="pull, push, delete, or an action such as ecr:PutImage"
              isCode
              label="Action"
              maxLength={MAX_ASKED_LENGTH}
              name="action"
              required
            />
            <TextField
              defaultValue={asked.address ?? ''}
              error={errors.address}
              hint="For conditions on aws:SourceIp"
              isCode
              label="Client address"
              maxLength={MAX_ASKED_LENGTH}
              name="address"
            />
            <TextField
              defaultValue={asked.at ?? ''}
              error={errors.at}
              hint="ISO 8601 in UTC, such as 2027-01-04T08:00. Empty means now"
              isCode
              label="Time"
              maxLength={MAX_ASKED_LENGTH}
              name="at"
            />
          </div>
          <div>
            <button className="button" type="submit">
              Explain access
            </button>
          </div>
        </form>
        {explanation && <Explanation explanation={explanation} />}
      </section>
      <section className="max-w-3xl" id="principals">
        <h2 className="mb-1 text-lg font-semibold">Who can {right} now</h2>
        <p className="mb-2 text-sm text-muted">Assumes a client whose address is unknown</p>
        <div className="mb-2">
          <ChoiceLinks
            current={right}
            href={(who) => `${linkTo({ who })}#principals`}
            label="Kind of access"
            labels={RIGHT_NAMES}
            values={REPOSITORY_ACTIONS}
          />
        </div>
        <PrincipalList label={`Who can ${right}`} principals={shown} />
        {(isTruncated || shown.length < principals.length) && (
          <p className="mt-2 text-sm text-muted">These are the first {shown.length}. The REST API lists more.</p>
        )}
      </section>
    </>
  );
}

function readQuestion(query: RawSearchParams): AskedAccess {
  const [principal, action] = [textParam(query, 'principal'), textParam(query, 'action')];
  return { principal, action: action || 'pull', address: textParam(query, 'address'), at: textParam(query, 'at') };
}

type Answer = { explanation: AccessExplanation | null; errors: Record<string, string> };

/** Wrong input comes back as errors of its fields. */
async function answer(asked: Parameters<typeof explainAccess>[1]): Promise<Answer> {
  if (asked.principal === '') return { explanation: null, errors: {} };
  try {
    return { explanation: await explainAccess(getApp(), asked), errors: {} };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'invalid_input') throw error;
    return { explanation: null, errors: fieldErrorsOf(error.detail) };
  }
}
