/**
 * Exactly once against a real Redmine (invariants I1 and I2): the worker is killed again and again, and answers to
 * creates are lost after the commit and before it. In full: CRAFTSYNC_TEST_ITEMS=200.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../sandbox/world/random.js';
import { eventually } from '../harness/deployment/deployment.js';
import { handOverFacts, readyCount } from '../harness/deployment/handOverCheck.js';
import { startRedmineDeployment, type RedmineDeployment } from './deployment.js';

const ITEMS = Number(process.env['CRAFTSYNC_TEST_ITEMS'] ?? 20);
const SEED = Number(process.env['CRAFTSYNC_TEST_SEED'] ?? 7);
const KILLS = Number(process.env['CRAFTSYNC_TEST_KILLS'] ?? 3);
const WITHIN_MS = 180_000 + ITEMS * 5_000;
/** Starting a worker takes time as well. */
const CASE_MS = WITHIN_MS + 120_000 + KILLS * 60_000;

describe('redmine/exactlyOnce: exactly once', () => {
  let started: RedmineDeployment;
  beforeAll(async () => {
    started = await startRedmineDeployment({ items: ITEMS, seed: SEED });
  });
  afterAll(() => started.close());

  it(
    `creates and locks ${ITEMS} items once each, with kill -9 of the worker and lost answers`,
    async () => {
      const { deployment, wire, devItems } = started;
      const ready = readyCount(deployment);
      const random = seededRandom(SEED);
      wire.troubleCreates('answer-lost', 0.2, random);
      wire.troubleCreates('request-lost', 0.1, random);
      await deployment.temporal.client.workflow.start('readySweep', {
        taskQueue: 'craftsync',
        workflowId: 'ready-sweep:mobile:now',
        args: [{ pipeline: 'mobile' }],
      });
      for (let kill = 0; kill < KILLS; kill += 1) {
        const worker = await deployment.startWorker();
        await sleep(1_500 + Math.floor(random() * 2_500));
        await worker.kill();
      }
      await deployment.startWorker();
      let phases: readonly string[] = [];
      await eventually(
        async () => {
          const { links } = await handOverFacts(deployment);
          const settled = links.filter(
            ({ phase, blockedBy }) => phase === 'following' || (phase === 'blocked' && blockedBy === 'missing-field'),
          );
          phases = links.map(({ phase, blockedBy, lastError }) => `${phase} ${blockedBy ?? ''} ${lastError ?? ''}`);
          return settled.length === ready;
        },
        `all ${ready} ready items are followed (seed ${SEED})`,
        WITHIN_MS,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}; they were:\n${counted(phases)}`);
      });
      const facts = await handOverFacts(deployment, await devItems());
      const followed = facts.links.filter(({ phase }) => phase === 'following').length;
      console.error(
        `${followed} items, ${facts.devItems} issues, ${facts.duplicates.length} duplicates; ` +
          `${KILLS} kills, ${wire.struck()} creates without an answer (seed ${SEED})`,
      );
      expect(facts.broken, `seed ${SEED}`).toEqual([]);
      expect({ devItems: facts.devItems, locked: facts.locked }).toEqual({ devItems: followed, locked: followed });
      expect(wire.struck()).toBeGreaterThan(0);
      expect(followed).toBeGreaterThan(ITEMS / 2);
    },
    CASE_MS,
  );
});

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} × ${word}`).join('\n');
}
