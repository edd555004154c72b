/**
 * Every source of Craft.io with every kind of target, the whole way: ready, created, locked where Craft.io has a write,
 * progress back, done. With CRAFTSYNC_TEST_TABLE=1 it prints what was seen as a Markdown table.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';
import { progressSeen, tableOf, travel, type Journey, type Seen } from '../../harness/deployment/journey.js';
import {
  PAIRS,
  pairsConfiguration,
  sourceOf,
  targetOf,
  type Dialect,
  type Pair,
} from '../../harness/deployment/pairs.js';

const PRINTS_TABLE = process.env['CRAFTSYNC_TEST_TABLE'] === '1';

const named = PAIRS.map((pair) => [pair.source, pair.target, pair] as const);
const written = named.filter(([, , pair]) => sourceOf(pair).writable);
const readOnly = named.filter(([, , pair]) => !sourceOf(pair).writable);

const DIALECTS = ['guide', 'swagger'] as const;

describe('integration/tools/sourcesTimesTargets: each source to each target', () => {
  const deployments = new Map<Dialect, TestDeployment>();
  const journeys = new Map<Dialect, Journey>();

  async function travelIn(dialect: Dialect): Promise<void> {
    const configuration = (sandbox: Sandbox) => pairsConfiguration(sandbox, dialect);
    const deployment = await startDeployment({ items: 1, configuration });
    deployments.set(dialect, deployment);
    await deployment.startWorker();
    journeys.set(dialect, await travel(deployment));
  }

  beforeAll(async () => {
    // Both at once, because a journey mostly waits for its commands and its worker.
    await Promise.all(DIALECTS.map(travelIn));
  }, 600_000);
  afterAll(async () => {
    const rows = [...journeys].flatMap(([dialect, { seen }]) => seen.map((one) => ({ ...one, dialect })));
    if (PRINTS_TABLE) process.stdout.write(`\n${tableOf(rows)}\n\n`);
    await Promise.all([...deployments.values()].map((deployment) => deployment.close()));
  }, 60_000);

  const journeyIn = (dialect: Dialect): Journey => journeys.get(dialect) ?? never(dialect);

  describe.each(DIALECTS)('in the dialect of the %s', (dialect) => {
    const seenOf = (wanted: Pair): Seen => {
      const found = journeyIn(dialect).seen.find(({ pair }) => pair === wanted);
      if (found === undefined) throw new Error(`${wanted.pipeline} did not set out`);
      return found;
    };

    it.each(written)('%s to %s: created once, locked, progress back, done', (_source, _target, pair) => {
      const seen = seenOf(pair);
      const devItem = expectCreatedOnce(seen);
      // The very first write locks. What it wrote, except progress and state, stays until the end.
      const locked = {
        status: 'In Development',
        lock: 'View only',
        key: targetOf(pair).hasKeys ? devItem.key : null,
        link: seen.statuses[0]?.devItem?.url,
      };
      expect(locked.link).toMatch(/^https?:/);
      expect(seen.craft[0]).toMatchObject({ ...locked, progress: 'To do' });
      for (const sight of seen.craft) expect(sight).toMatchObject(locked);
      expect(seen.craft.at(-1)?.state).toMatch(/^Done as /);
      expectProgressUntilDone(seen);
      expect(seen.words).not.toContain('no write-back');
    });

    it.each(readOnly)('%s to %s: created once, nothing written, progress shown, done', (_source, _target, pair) => {
      const seen = seenOf(pair);
      expectCreatedOnce(seen);
      expect(seen.writes).toEqual([]);
      expect(seen.words).toContain('Craft.io has no way to write to it, so there is no lock and no write-back');
      expectProgressUntilDone(seen);
    });

    it('nothing else was created or written', () => {
      const journey = journeyIn(dialect);
      const made = Object.entries(journey.after).map(([system, count]) => [
        system,
        count - (journey.before[system] ?? 0),
      ]);
      expect(Object.fromEntries(made)).toEqual({ kitemaker: 3, craftdesk: 3, craftnote: 6, redmine: 3 });
      const { records } = deployments.get(dialect)?.sandbox ?? never(dialect);
      const writes = records.list().filter(({ mount, write }) => write && mount.startsWith('craft-'));
      const lockable = journey.seen.filter(({ pair }) => sourceOf(pair).writable).map(({ craftItemId }) => craftItemId);
      expect([...new Set(writes.map(({ itemId }) => itemId))].sort()).toEqual(lockable.sort());
      expect(new Set(writes.map(({ mount, status }) => `${mount} ${status ?? 0}`))).toEqual(
        new Set([`craft-${dialect} 200`]),
      );
    });
  });
});

function never(dialect: Dialect): never {
  throw new Error(`there was no journey in the dialect of the ${dialect}`);
}

/** Returns the one dev item. */
function expectCreatedOnce(seen: Seen): Seen['devItems'][number] {
  const { pair, devItems, statuses } = seen;
  expect(JSON.parse(seen.sweep)).toEqual({ found: 1, started: 1, known: 0, failed: 0 });
  expect(devItems.map(({ system }) => system)).toEqual([targetOf(pair).system]);
  const [devItem] = devItems;
  if (devItem === undefined) throw new Error('nothing was created');
  expect(devItem.title).toContain(pair.title);
  expect(devItem.description).toContain(`What ${pair.pipeline} is to build.`);
  expect(devItem.comments).toEqual([]);
  for (const status of statuses) expect(status.devItem?.id).toBe(devItem.id);
  return devItem;
}

function expectProgressUntilDone(seen: Seen): void {
  const { moves, words } = targetOf(seen.pair);
  expect(progressSeen(seen)).toEqual(words);
  // After the hand-over, after each move, and at the end.
  expect(seen.statuses).toHaveLength(moves.length + 2);
  expect(seen.statuses.map(({ progress }) => progress)).toEqual([...words, words.at(-1)]);
  expect(seen.statuses[0]).toMatchObject({ phase: 'following' });
  expect(seen.statuses.at(-1)).toMatchObject({ phase: 'done', blockedBy: null, lastError: null, drift: false });
}
