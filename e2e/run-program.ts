import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';

const execFileAsync = promisify(execFile);

export type ProgramRun = (program: string, args: string[], env?: Record<string, string>) => Promise<string>;

/** Runs a program and returns its output. A failure throws with everything it printed. */
export const run: ProgramRun = async (program, args, env) => (await runLogged(program, args, env)).output;

/** Also returns its standard error. */
export async function runLogged(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<{ output: string; log: string }> {
  const path = findProgram(program) ?? program;
  try {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
    const { stdout, stderr } = await execFileAsync(path, args, options);
    return { output: stdout.trim(), log: stderr };
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}
