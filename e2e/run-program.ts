import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from './find-program.ts';

const execFileAsync = promisify(execFile);

export type Run = (program: string, args: string[], env?: Record<string, string>) => Promise<string>;

/** Runs a program and answers its output; a failure throws with everything it printed. */
export const run: Run = async (program, args, env = {}) => {
  const path = findProgram(program) ?? program;
  try {
    const { stdout } = await execFileAsync(path, args, { env: { ...process.env, ...env }, maxBuffer: 64 << 20 });
    return stdout.trim();
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
};
