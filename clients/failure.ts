/**
 * How a command fails: with one line on stderr that says what is wrong and what to do, and an exit code.
 * 0: done. 1: it could not be done, or something is wrong. 2: the command line itself is wrong.
 */
import { ServiceError, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { CommanderError } from 'commander';
import { ConfigurationError } from '../config/problems.js';
import { ToolError, withAdvice } from '../domain/errors.js';

export const EXIT_CODES = { done: 0, failed: 1, wrongUsage: 2 } as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** The message is for the person at the terminal: complete, without a secret, saying what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT_CODES.failed,
  ) {
    super(message);
  }
}

export function wrongUsage(message: string): CommandFailure {
  return new CommandFailure(message, EXIT_CODES.wrongUsage);
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.wrongUsage;
  return EXIT_CODES.failed;
}

/** What stderr shows of an error; null where commander has shown it already. */
export function explain(error: unknown): string | null {
  if (error instanceof CommanderError) return null;
  // Every problem of a configuration is told at once, a line each.
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof CommandFailure) return oneLine(error.message);
  if (error instanceof ToolError) return oneLine(withAdvice(error));
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)
    return oneLine(rootMessage(error));
  if (error instanceof ServiceError) return oneLine(`Temporal: ${rootMessage(error)}`);
  if (error instanceof Error && TELLING_ERRORS.has(error.name)) return oneLine(error.message);
  return `${oneLine(textOf(error))}; LOG_LEVEL=debug shows where it happened`;
}

/** Errors of other rooms whose messages are written for people already; their classes are not ours to import. */
const TELLING_ERRORS: ReadonlySet<string> = new Set(['LedgerError', 'StackError']);

/** The message of what failed at the bottom: Temporal wraps it into failures that say only that there was one. */
export function rootMessage(error: Error): string {
  let root = error;
  while (root.cause instanceof Error && root.cause.message !== '') root = root.cause;
  return root.message;
}

export function textOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
