/** Starts one real Redmine for the whole run, and removes it afterwards. */
import type { TestProject } from 'vitest/node';
import { startRedmine, type RedmineFacts } from './server/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    redmine: RedmineFacts;
  }
}

/** Resolves with the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...facts } = await startRedmine((line) => console.error(line));
  project.provide('redmine', facts);
  return stop;
}
