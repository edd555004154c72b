/** An error of the one-machine stack that a person can act on: what failed, why, and what to do, in one line. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** The text of anything thrown, on one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
