/** The conformance suite: every promise of the port's docstrings. `conformance(harness)` runs it for one connector. */
import { afterEach, beforeEach, describe } from 'vitest';
import { hierarchy } from './capabilities/hierarchy.js';
import { methods } from './methods.js';
import { promises } from './promises.js';
import type { Harness, Subject } from './subject.js';
import { webhooks } from './webhooks.js';

export function conformance(harness: Harness): void {
  describe(`connectors/conformance ${harness.name}`, () => {
    let current: Subject | null = null;
    const subject = (): Subject => {
      if (current === null) throw new Error('no test is running');
      return current;
    };
    beforeEach(async () => {
      current = await harness.start();
    });
    afterEach(async () => {
      await current?.close();
      current = null;
    });
    promises(subject);
    methods(subject);
    webhooks(subject);
    hierarchy(subject);
  });
}
