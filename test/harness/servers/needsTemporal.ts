/**
 * Keeps tests of the project `quick` from using a Temporal server, and from starting (or building) one of their own.
 */
import { expect, inject } from 'vitest';

/** The address of the run's Temporal server. Throws where the running test file has none. */
export function needsTemporal(): string {
  const address = inject('temporalAddress');
  if (address !== undefined) return address;
  const path = expect.getState().testPath ?? 'this test file';
  throw new Error(`${path} needs a Temporal server, but runs without one: add it to NEED_TEMPORAL in vitest.config.ts`);
}
