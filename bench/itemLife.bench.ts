/**
 * What one item costs in Temporal from ready to done, with five moves: events, and actions as Temporal Cloud bills
 * them. About a minute; `npm run bench -- bench/itemLife.bench.ts`.
 */
import { describe, it } from 'vitest';
import { itemSyncWorkflowId } from '../domain/ids.js';
import { eventually, startDeployment, type TestDeployment } from '../test/harness/deployment/deployment.js';
import { craftFieldIs, move, rowOf, signal } from '../test/harness/deployment/followed.js';
import { costOf } from './measure/histories.js';
import { completeItems, craftsync, untilLocked } from './measure/services.js';
import { numberFrom, printTable, rounded, type Cell } from './measure/table.js';

const ITEMS = numberFrom('CRAFTSYNC_BENCH_ITEMS', 10);
/** To and fro, and at last closed: the tool's words and what Craft.io then shows. */
const MOVES = [
  ['In Progress', 'In development'],
  ['To do', 'To do'],
  ['In Progress', 'In development'],
  ['In Review', 'In Review'],
  ['Done', 'Done'],
] as const;

async function liveThrough(deployment: TestDeployment, craftItemId: string): Promise<void> {
  const link = await rowOf(deployment, { craftItemId });
  for (const [status, shown] of MOVES) {
    move(deployment, link, status);
    await signal(deployment, link, 'devItemChanged', {});
    await craftFieldIs(deployment, link, 'dev_status', shown);
  }
  await eventually(async () => (await rowOf(deployment, link)).phase === 'done', 'it is done');
}

describe('bench/itemLife', () => {
  it('follows items from ready to done', async () => {
    const deployment = await startDeployment({
      items: ITEMS,
      behaviour: { craftCustomFields: 'replace' },
      configuration: { pipeline: { settleFor: '1 second' } },
    });
    try {
      await deployment.startWorker();
      const ids = completeItems(deployment);
      await craftsync.startSweep(deployment);
      await untilLocked(deployment, ids);
      await craftsync.untilDone(deployment, ids.length);
      const runs = ids.map((craftItemId) => itemSyncWorkflowId({ pipeline: 'mobile', craftItemId }));
      const handedOver = await costOf(deployment.temporal.client, runs);
      await Promise.all(ids.map((id) => liveThrough(deployment, id)));
      const all = await costOf(deployment.temporal.client, runs);
      const each = (what: string, { events, actions }: typeof all): Cell[] => {
        return [what, rounded(events / ids.length, 1), rounded(actions / ids.length, 1)];
      };
      const rows = [each('ready to locked', handedOver), each('ready to done, five moves', all)];
      printTable(`One item's life, mean of ${ids.length}`, ['part', 'events', 'billable actions'], rows);
    } finally {
      await deployment.close();
    }
  });
});
