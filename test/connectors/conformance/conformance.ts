/** The conformance suite: every promise of the port's docstrings. `conformance(harness)` runs it for one connector. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { feedback } from './capabilities/feedback.js';
import { hierarchy } from './capabilities/hierarchy.js';
import { labels } from './capabilities/labels.js';
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
    const capabilities = harness.capabilities ?? [];
    it('runs the tests of each of its capabilities that has tests of its own', () => {
      const connector = subject().connect();
      const has = (['labels', 'feedback'] as const).filter((name) => connector[name] !== undefined);
      expect([...capabilities].sort()).toEqual([...has].sort());
    });
    if (capabilities.includes('labels')) labels(subject);
    if (capabilities.includes('feedback')) feedback(subject);
    webhooks(subject);
    hierarchy(subject);
  });
}
