/**
 * How a command fails: one line on stderr that says what is wrong and what to do, and an exit code.
 * 0: done. 1: it could not be done, or something is wrong. 2: the command line itself is wrong.
 */
import { ServiceError, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { CommanderError } from 'commander';
import { ConfigurationError } from '../config/problems.js';
import { ToolError, withAdvice } from '../domain/errors.js';
import { ExplainedError } from '../domain/explainedError.js';

export const EXIT_CODES = { done: 0, failed: 1, wrongUsage: 2 } as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** A command could not do its work. */
export class CommandFailure extends ExplainedError {
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

/** What stderr shows for an error; null where commander has already shown it. */
export function explain(error: unknown): string | null {
  if (error instanceof CommanderError) return null;
  // It lists every problem of the configuration, one on each line.
  if (error instanceof ConfigurationError) return error.message;
  if (error instanceof ExplainedError) return oneLine(error.message);
  if (error instanceof ToolError) return oneLine(withAdvice(error));
  if (error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)
    return oneLine(rootMessage(error));
  if (error instanceof ServiceError) return oneLine(`Temporal: ${rootMessage(error)}`);
  return `${oneLine(textOf(error))}; LOG_LEVEL=debug shows where it happened`;
}

/** The message of the innermost cause: the failures that Temporal wraps around it say only that there was one. */
export function rootMessage(error: Error): string {
  let root = error;
  while (root.cause instanceof Error && root.cause.message !== '') root = root.cause;
  return root.message;
}

function textOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}

export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
