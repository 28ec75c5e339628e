import { Chip } from '#components/ui/chip.tsx';
import { ChoiceLinks } from '#components/ui/choice-links.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { DenseRow, DenseTable } from '#components/ui/dense-table.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Fact } from '#components/ui/fact.tsx';
import { FormFailureNotice } from '#components/forms/form-notice.tsx';
import { TextAreaField } from '#components/forms/text-area-field.tsx';
import { TextField } from '#components/forms/text-field.tsx';
import { Icon } from '#components/ui/icon.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { NamedList, NamedRow } from '#components/ui/named-list.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { PillNav } from '#components/ui/pill-nav.tsx';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { TabNav } from '#components/ui/tab-nav.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { LONG_TEXT, LONG_WORD } from './sample-data.ts';
import { Sample } from './sample.tsx';

const TABLE_COLUMNS = ['Name', 'Created'];

const FAILURE = {
  ok: false,
  code: 'invalid_input',
  message: 'The name is taken.',
  nextStep: 'Choose another name.',
} as const;
const ICONS = [
  'search',
  'copy',
  'check',
  'close',
  'lock',
  'image',
  'chart',
  'artifact',
  'verified',
  'warning',
  'tag',
] as const;
const here = () => '#';

export function UiSamples() {
  return (
    <>
      <Sample title="Buttons: primary, plain, danger, small, with a key, while it is sent">
        {() => (
          <form className="flex flex-wrap items-center gap-2">
            <SubmitButton>Save it</SubmitButton>
            <SubmitButton tone="plain">Not now</SubmitButton>
            <SubmitButton tone="danger">Delete repository</SubmitButton>
            <SubmitButton isSmall tone="plain">
              Small
            </SubmitButton>
            <SubmitButton hotkey="a">Approve</SubmitButton>
            <button className="button button-primary" disabled type="button">
              Saving
            </button>
          </form>
        )}
      </Sample>
      <Sample title="Fields: empty, with a hint, refused, very long">
        {(theme) => (
          <div className="grid gap-3">
            <TextField label="Name" name={`empty-${theme}`} placeholder="acme" />
            <TextField defaultValue="acme" hint="Letters and digits." label="Name" name={`hint-${theme}`} />
            <TextField defaultValue="a!" error="Only letters and digits." label="Name" name={`refused-${theme}`} />
            <TextField defaultValue={LONG_WORD} hint={LONG_TEXT} label={LONG_WORD} name={`long-${theme}`} />
            <TextAreaField defaultValue={LONG_TEXT} label="Text" name={`text-${theme}`} rows={3} />
          </div>
        )}
      </Sample>
      <Sample title="Notices, and what a refused form says">
        {() => (
          <div className="grid gap-2">
            <Notice tone="success">Saved.</Notice>
            <Notice tone="warning">It is closed to pulls.</Notice>
            <FormFailureNotice state={{ ...FAILURE, fieldErrors: {}, values: {} }} />
            <Notice tone="error">{LONG_TEXT}</Notice>
          </div>
        )}
      </Sample>
      <Sample title="Nothing here: with and without a next step, very long">
        {() => (
          <div className="grid gap-2">
            <EmptyState title="No public repositories yet" />
            <EmptyState title="No tag contains “9.9”">
              <a className="link" href="#">
                Show all tags
              </a>
            </EmptyState>
            <EmptyState title={`Nothing matches “${LONG_WORD}”`}>{LONG_TEXT}</EmptyState>
          </div>
        )}
      </Sample>
      <Sample title="Chips, keys, icons, times">
        {() => (
          <div className="flex flex-wrap items-center gap-2">
            <Chip>linux/amd64</Chip>
            <Chip icon="lock">Private</Chip>
            <Chip tone="accent">Verified</Chip>
            <Chip tone="warning">Demo</Chip>
            <Kbd>j</Kbd>
            {ICONS.map((name) => (
              <Icon key={name} name={name} />
            ))}
            <TimeAgo date={new Date('2026-11-24T09:00:00Z')} />
            <TimeAgo date={new Date('2020-01-01')} />
          </div>
        )}
      </Sample>
      <Sample title="Lines to copy: short, very long">
        {() => (
          <div className="grid gap-2">
            <CodeLine code="docker pull gallery.example.org/acme/web:1.0" label="Copy it" />
            <CodeLine code={`docker pull gallery.example.org/${LONG_WORD}/${LONG_WORD}:latest`} label="Copy it" />
            <CopyButton label="Copy digest" text="sha256" />
          </div>
        )}
      </Sample>
      <Sample title="Tables: rows, nothing, very long">
        {(theme) => (
          <div className="grid gap-2">
            <DenseTable columns={TABLE_COLUMNS} label={`Table, ${theme}`} width="narrow">
              <DenseRow columns={TABLE_COLUMNS}>
                <td className="font-mono">web</td>
                <td>yesterday</td>
              </DenseRow>
              <DenseRow columns={TABLE_COLUMNS}>
                <td className="font-mono break-all">{LONG_WORD}</td>
                <td>{LONG_TEXT}</td>
              </DenseRow>
            </DenseTable>
            <DenseTable columns={TABLE_COLUMNS} label={`Empty table, ${theme}`} width="narrow">
              {null}
            </DenseTable>
          </div>
        )}
      </Sample>
      <Sample title="Lists by name: linked, very long">
        {() => (
          <NamedList>
            <NamedRow chips={<Chip>reader</Chip>} description="Builds" href={here()} name="ci" use="used today" />
            <NamedRow
              chips={null}
              description={LONG_TEXT}
              href={null}
              name={LONG_WORD}
              note="A note"
              use="never used"
            />
          </NamedList>
        )}
      </Sample>
      <Sample title="Facts">
        {() => (
          <dl className="grid gap-3">
            <Fact term="Pushed">yesterday</Fact>
            <Fact term="Very long">
              <span className="break-all">{LONG_WORD}</span>
            </Fact>
          </dl>
        )}
      </Sample>
      <Sample title="Tabs and pages">
        {(theme) => (
          <>
            <ChoiceLinks
              current="list"
              href={here}
              label={`View, ${theme}`}
              labels={{ list: 'List', platforms: 'Platforms' }}
              values={['list', 'platforms']}
            />
            <PillNav
              isCode
              label={`Variants, ${theme}`}
              links={[
                { href: '#x', isCurrent: true, content: 'linux/amd64' },
                { href: '#y', isCurrent: false, content: LONG_WORD },
              ]}
            />
            <TabNav
              label={`Tabs, ${theme}`}
              tabs={[
                { text: 'Overview', href: '#a', isCurrent: true },
                { text: 'Tags', href: '#b', isCurrent: false, count: '12,345' },
                { text: LONG_WORD.slice(0, 60), href: '#c', isCurrent: false },
              ]}
            />
            <Pager href={here} label={`First page, ${theme}`} page={1} pageSize={25} total={99} />
            <Pager href={here} label={`Last page, ${theme}`} page={40} pageSize={25} total={1_000} />
          </>
        )}
      </Sample>
    </>
  );
}
