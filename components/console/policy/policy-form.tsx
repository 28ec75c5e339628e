'use client';

import { useState, type ReactNode } from 'react';
import { FieldFrame } from '../../forms/field-frame.tsx';
import { Notice } from '../../ui/notice.tsx';
import {
  newBlock,
  partIn,
  readBlocks,
  readConditions,
  readLines,
  writeBlocks,
  writeConditions,
  writeLines,
  writeText,
  type ConditionRow,
  type PartName,
  type PolicyBlock,
} from './policy-blocks.ts';

/** What the statements of a resource’s and of an identity’s policy name. */
const PARTS = { resource: ['Principal', 'Action'], identity: ['Action', 'Resource'] } as const;

const HINTS: Record<PartName, string> = {
  Principal: 'One per line: a registry’s 12 digits, an ARN, or * for every user',
  Action: 'One per line, such as ecr:BatchGetImage or ecr:*',
  Resource: 'One per line: an ARN of a repository, with * as a wildcard',
};

const OPERATORS = [
  ...(['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'IpAddress', 'NotIpAddress'] as const),
  ...(['DateGreaterThan', 'DateLessThan', 'Bool', 'Null', 'ArnLike', 'ArnNotLike', 'NumericEquals'] as const),
];

export type PolicyFormKind = keyof typeof PARTS;

const NEW_CONDITION: ConditionRow = { operator: 'StringEquals', key: '', values: [] };

type PolicyFormProps = {
  kind: PolicyFormKind;
  /** The policy as JSON. */
  text: string;
  onChange: (text: string) => void;
};

/** Edits a policy by fields. It writes into the same JSON that the editor shows. */
export function PolicyForm({ kind, text, onChange }: PolicyFormProps) {
  // Typed lists are only read when a statement or condition comes or goes, because JSON has no half-typed lines.
  const [generation, setGeneration] = useState(0);
  const blocks = readBlocks(text);
  if (!blocks) {
    return (
      <Notice tone="warning">
        The form can’t show this JSON. Correct it under JSON, or review it to see where it is wrong.
      </Notice>
    );
  }
  const write = (changed: readonly PolicyBlock[], isReordered = false) => {
    onChange(writeBlocks(text, changed));
    if (isReordered) setGeneration(generation + 1);
  };
  return (
    <div className="flex flex-col gap-4">
      {blocks.length === 0 && <p className="text-muted">No statements yet.</p>}
      {blocks.map((block, index) => (
        <StatementFields
          block={block}
          key={`${generation} ${index}`}
          number={index + 1}
          onChange={(changed, isReordered) => write(blocks.with(index, changed), isReordered)}
          onRemove={() => write(blocks.toSpliced(index, 1), true)}
          parts={PARTS[kind]}
        />
      ))}
      <div>
        <SmallButton onClick={() => write([...blocks, newBlock(PARTS[kind])], true)}>Add statement</SmallButton>
      </div>
    </div>
  );
}

type StatementFieldsProps = {
  block: PolicyBlock;
  number: number;
  parts: readonly PartName[];
  onChange: (block: PolicyBlock, isReordered?: boolean) => void;
  onRemove: () => void;
};

function StatementFields({ block, number, parts, onChange, onRemove }: StatementFieldsProps) {
  const conditions = readConditions(block);
  const writeRows = (rows: readonly ConditionRow[], isReordered = false) =>
    onChange(writeConditions(block, rows), isReordered);
  return (
    <fieldset className="flex flex-col gap-3 rounded-md border border-line p-4">
      <legend className="px-1 font-semibold">Statement {number}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        <FieldFrame label="Effect" name="effect">
          {(control) => (
            <select
              {...control}
              className="control"
              onChange={({ target }) => onChange({ ...block, Effect: target.value })}
              value={block['Effect'] === 'Deny' ? 'Deny' : 'Allow'}
            >
              <option>Allow</option>
              <option>Deny</option>
            </select>
          )}
        </FieldFrame>
        <FieldFrame label="Name (Sid)" name="sid">
          {(control) => (
            <input
              {...control}
              className="control"
              defaultValue={typeof block['Sid'] === 'string' ? block['Sid'] : ''}
              onChange={({ target }) => onChange(writeText(block, 'Sid', target.value))}
              spellCheck={false}
            />
          )}
        </FieldFrame>
      </div>
      {parts.map((part) => (
        <PartFields block={block} key={part} onChange={onChange} part={part} />
      ))}
      {conditions?.map((row, index) => (
        <ConditionFields
          key={index}
          number={index + 1}
          onChange={(changed) => writeRows(conditions.with(index, changed))}
          onRemove={() => writeRows(conditions.toSpliced(index, 1), true)}
          row={row}
        />
      ))}
      {!conditions && <p className="text-sm text-muted">Its conditions can only be edited as JSON.</p>}
      <div className="flex flex-wrap gap-2">
        {conditions && (
          <SmallButton onClick={() => writeRows([...conditions, NEW_CONDITION], true)}>Add condition</SmallButton>
        )}
        <SmallButton onClick={onRemove}>Remove statement</SmallButton>
      </div>
    </fieldset>
  );
}

type PartFieldsProps = { block: PolicyBlock; part: PartName; onChange: (block: PolicyBlock) => void };

function PartFields({ block, part, onChange }: PartFieldsProps) {
  const isNot = partIn(block, part) !== part;
  const lines = readLines(block, part);
  if (lines === null) return <p className="text-sm text-muted">{part} can only be edited as JSON.</p>;
  return (
    <div className="flex flex-col gap-1">
      <FieldFrame hint={HINTS[part]} label={isNot ? `Every ${part.toLowerCase()} except` : part} name={part}>
        {(control) => (
          <textarea
            {...control}
            className="control font-mono text-sm"
            defaultValue={lines.join('\n')}
            onChange={({ target }) => onChange(writeLines(block, part, { lines: splitLines(target.value), isNot }))}
            rows={Math.min(8, Math.max(2, lines.length))}
            spellCheck={false}
          />
        )}
      </FieldFrame>
      <label className="flex items-center gap-2 text-sm">
        <input
          checked={isNot}
          onChange={({ target }) => onChange(writeLines(block, part, { lines, isNot: target.checked }))}
          type="checkbox"
        />
        All except these
      </label>
    </div>
  );
}

type ConditionFieldsProps = {
  row: ConditionRow;
  number: number;
  onChange: (row: ConditionRow) => void;
  onRemove: () => void;
};

function ConditionFields({ row, number, onChange, onRemove }: ConditionFieldsProps) {
  const operators = OPERATORS.some((operator) => operator === row.operator) ? OPERATORS : [row.operator, ...OPERATORS];
  return (
    <div
      aria-label={`Condition ${number}`}
      className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]"
      role="group"
    >
      <FieldFrame label="Operator" name="operator">
        {(control) => (
          <select
            {...control}
            className="control"
            onChange={({ target }) => onChange({ ...row, operator: target.value })}
            value={row.operator}
          >
            {operators.map((operator) => (
              <option key={operator}>{operator}</option>
            ))}
          </select>
        )}
      </FieldFrame>
      <FieldFrame label="Key" name="key">
        {(control) => (
          <input
            {...control}
            className="control font-mono text-sm"
            defaultValue={row.key}
            onChange={({ target }) => onChange({ ...row, key: target.value.trim() })}
            placeholder="aws:SourceIp"
            spellCheck={false}
          />
        )}
      </FieldFrame>
      <FieldFrame label="Values, one per line" name="values">
        {(control) => (
          <textarea
            {...control}
            className="control font-mono text-sm"
            defaultValue={row.values.join('\n')}
            onChange={({ target }) => onChange({ ...row, values: splitLines(target.value) })}
            rows={Math.min(6, Math.max(1, row.values.length))}
            spellCheck={false}
          />
        )}
      </FieldFrame>
      <SmallButton onClick={onRemove}>Remove condition</SmallButton>
    </div>
  );
}

function SmallButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button className="button button-small" onClick={onClick} type="button">
      {children}
    </button>
  );
}

function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
