/** Errors of the one-machine stack. */
import { ExplainedError } from '../domain/explainedError.js';

/** The message is one line that says what failed, why, and what to do. */
export class StackError extends ExplainedError {
  override readonly name = 'StackError';
}

/** The text of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
