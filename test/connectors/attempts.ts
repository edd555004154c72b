/** What the tests of each connector hand to it, and how they take its failures. */
import type { DevItemDraft } from '../../src/domain/devItem.js';
import { ToolError } from '../../src/domain/errors.js';

/** A whole draft for `target`, as the tests of a tool vary it. */
export function draftFor(target: unknown, marker: string): (more?: Partial<DevItemDraft>) => DevItemDraft {
  const craftUrl = 'https://app.craft.io/i/1';
  const base = { target, marker, craftUrl, title: 'CRK-1 Title', description: 'Text', fields: {} };
  return (more = {}) => ({ ...base, ...more });
}

/** The `ToolError` with which the attempt fails. */
export async function failing(attempt: Promise<unknown>): Promise<ToolError> {
  const error: unknown = await attempt.then(
    (value) => value,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ToolError)) throw new Error(`expected a ToolError, got ${JSON.stringify(error)}`);
  return error;
}
