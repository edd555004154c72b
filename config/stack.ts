/**
 * `<state>/stack.json`: a running `up` writes here what it serves, so that the other commands find it (design 7 and 9).
 * It holds the database's password, so only its owner may read it. It is replaced in one step, so that a reader never
 * sees half of it. A file left by a crash is recognised by its process, which no longer exists.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './problems.js';

export const Stack = z.object({
  /** The process of `up`. */
  pid: z.int().positive(),
  /** host:port */
  temporalAddress: z.string().min(1),
  temporalNamespace: z.string().min(1),
  /** Null when `up` did not start Temporal. */
  uiUrl: z.string().nullable(),
  databaseUrl: z.string().min(1),
  /** Absolute. */
  configPath: z.string().min(1),
  listenUrl: z.string().nullable(),
  sandboxUrl: z.string().nullable(),
  /** ISO time. */
  startedAt: z.string(),
});
export type Stack = Readonly<z.infer<typeof Stack>>;

const FILE_NAME = 'stack.json';
const OWNER_ONLY = 0o600;

/** Creates the state folder if it is missing. */
export function writeStack(stateDir: string, stack: Stack): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = join(stateDir, FILE_NAME);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(stack, null, 2)}\n`, { mode: OWNER_ONLY });
  // `mode` applies only to a new file: one left by a crash keeps its own.
  chmodSync(fresh, OWNER_ONLY);
  renameSync(fresh, file);
}

/**
 * Null when no stack ever ran in this folder, or the last one was stopped.
 * @throws ConfigurationError when the file is there but cannot be read or understood.
 */
export function readStack(stateDir: string): Stack | null {
  const file = join(stateDir, FILE_NAME);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new ConfigurationError(`${file} cannot be read (${code ?? 'unknown error'}): use the account that ran up`);
  }
  const stack = Stack.safeParse(parseJson(text));
  if (!stack.success) {
    throw new ConfigurationError(
      `${file} is not a file that up wrote: stop up if it runs, delete the file, run up again`,
    );
  }
  return stack.data;
}

/** Whether the process that wrote the file is alive. A process of another account counts as alive. */
export function isRunning(stack: Stack): boolean {
  try {
    process.kill(stack.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function removeStack(stateDir: string): void {
  rmSync(join(stateDir, FILE_NAME), { force: true });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
