/** Runs a command as `clients/main.ts` does, in this process, and returns what it wrote. */
import { exitCodeOf, explain } from '../../clients/failure.js';
import { createProgram } from '../../clients/program.js';
import { recordedTerminal } from './terminal.js';

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd = '/',
): Promise<CommandResult> {
  const terminal = recordedTerminal({ env, cwd });
  let code = 0;
  try {
    await createProgram(terminal).parseAsync(['node', 'craftsync', ...args]);
  } catch (error) {
    const line = explain(error);
    if (line !== null) terminal.note(line);
    code = exitCodeOf(error);
  }
  return { code, out: terminal.out.join('\n'), err: terminal.err.join('\n') };
}
