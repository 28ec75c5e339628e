// Options and lines that the commands for policies share.
import type { PolicyFinding } from '#lib/access/attached/schema.ts';

export const REGISTRY_OPTION = { value: 'ID', doc: '12 digits', isRequired: true };
export const POLICY_OPTION = { value: 'FILE', doc: 'The policy as JSON (- for standard input)', isRequired: true };
export const REFERENCE_OPTION = {
  value: 'NAME',
  doc: 'Name of the policy, after aws: one of AWS',
  isRequired: true,
};

export function wordFindings(findings: PolicyFinding[]): string[] {
  return findings.map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`);
}
