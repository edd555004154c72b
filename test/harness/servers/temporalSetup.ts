/**
 * One Temporal development server for the whole run, on a free port. Each test has a namespace of its own:
 * `freshNamespace()`.
 */
import type { TestProject } from 'vitest/node';

import { readEnvironment } from '../../../config/environment.js';
import { startTemporal } from '../../../stack/temporal/server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the run's Temporal server; undefined in the project `quick`, which has none. */
    temporalAddress: string | undefined;
  }
}

/** Resolves with the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { cacheDir } = readEnvironment(process.env);
  const log = (line: string): void => console.error(line);
  const temporal = await startTemporal({ stateDir: null, cacheDir, port: 0, uiPort: null, log });
  project.provide('temporalAddress', temporal.address);
  return () => temporal.stop();
}
