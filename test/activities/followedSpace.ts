/** A space of Kitemaker whose items are followed, in a real ledger; only the runs are played: they note what they hear. */
import { MockActivityEnvironment } from '@temporalio/testing';

import type { ActivityDeps, Current } from '../../src/activities/ports.js';
import { readFeed, type FeedHandedOn } from '../../src/activities/progressSweep.js';
import type { HttpClient } from '../../src/connectors/http/client.js';
import type { DevToolConnector } from '../../src/connectors/port.js';
import { startSandbox, type Sandbox } from '../../src/local/sandbox/sandbox.js';
import { pipelineOf, settingsOf } from '../clients/settings.js';
import { connectTool } from '../connectors/conformance/connectTool.js';
import { following, openLedger, type LedgerFixture } from '../ledger/fixture.js';

const TOOL = 'km';

export interface FollowedSpace {
  readonly db: LedgerFixture;
  readonly scope: string;
  readonly sandbox: Sandbox;
  readonly deps: ActivityDeps;
  /** How far the tool's clock, by which its items are stamped and its lists lag, is ahead. */
  aheadMs: number;
  /** False: the tool's answers tell no time. */
  tellsTime: boolean;
  readonly heard: { readonly devItemId: string; readonly status: string }[];
  lag(ms: number): void;
  /** Makes items that are followed; their ids. The Craft item's is `craft-` and that. */
  follow(count: number): Promise<readonly string[]>;
  move(ids: readonly string[], status: string): void;
  sweep(): Promise<FeedHandedOn>;
  /** HTTP calls of as many sweeps. */
  callsOf(sweeps: number): Promise<number>;
  close(): Promise<void>;
}

export async function followedSpace(readAfterWriteMs: number): Promise<FollowedSpace> {
  const db = await openLedger();
  const made = { aheadMs: 0, tellsTime: true, heard: [] as { devItemId: string; status: string }[] };
  const sandbox = await startSandbox({ port: 0, items: 0, nowMs: () => Date.now() + made.aheadMs });
  const clients: HttpClient[] = [];
  const [space] = sandbox.kitemaker.spaces;
  if (space === undefined) throw new Error('the sandbox has no space');
  const { restUrl: baseUrl, graphqlUrl, apiKey } = sandbox.kitemaker;
  const tool = connectTool(clients, { type: 'kitemaker', baseUrl, apiKey, itemUrl: null, own: { graphqlUrl } }, {});
  const act = (what: Parameters<typeof sandbox.act>[0]): string => {
    const outcome = sandbox.act(what);
    if (outcome.status === 'refused') throw new Error(outcome.message);
    return outcome.id;
  };
  const deps = depsOf(db, timeless(tool, made), readAfterWriteMs, made.heard);
  const sweep = (): Promise<FeedHandedOn> =>
    new MockActivityEnvironment().run((): Promise<FeedHandedOn> => readFeed(deps, { devTool: TOOL, scope: space.id }));
  return Object.assign(made, {
    db,
    scope: space.id,
    sandbox,
    deps,
    lag: (ms: number) => void sandbox.faults.add({ listLagMs: { kitemaker: ms } }),
    async follow(count: number) {
      const edit = { title: 'Followed' };
      const ids = Array.from({ length: count }, () =>
        act({ as: 'developer', action: 'create', place: space.id, edit }),
      );
      const { found } = await tool.readItems(ids, { callClass: 'progress' });
      for (const item of found) await following(db.ledger, `craft-${item.id}`, item);
      return ids;
    },
    move: (ids: readonly string[], status: string) => {
      for (const id of ids) act({ as: 'developer', action: 'move', id, status });
    },
    sweep,
    async callsOf(sweeps: number) {
      const before = sandbox.records.total();
      for (let n = 0; n < sweeps; n += 1) await sweep();
      return sandbox.records.total() - before;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await sandbox.close();
      await db.close();
    },
  });
}

/** The same tool; where its answers shall tell no time, without it. */
function timeless(tool: DevToolConnector, told: { readonly tellsTime: boolean }): DevToolConnector {
  return {
    ...tool,
    async readFeed(...args) {
      const { toolTime, ...read } = await tool.readFeed(...args);
      return told.tellsTime && toolTime !== undefined ? { ...read, toolTime } : read;
    },
  };
}

function depsOf(
  { ledger }: LedgerFixture,
  tool: DevToolConnector,
  readAfterWriteMs: number,
  heard: { devItemId: string; status: string }[],
): ActivityDeps {
  const settings = settingsOf([pipelineOf('mobile')]);
  const km = settings.devTools[TOOL];
  if (km === undefined) throw new Error(`the settings have no ${TOOL}`);
  const never = () => Promise.reject(new Error('a feed asks only for dev items'));
  return {
    ledger,
    current: () =>
      Promise.resolve({
        settings: { ...settings, devTools: { [TOOL]: { ...km, readAfterWriteMs } } },
        devTool: () => tool,
      } as unknown as Current),
    itemSyncs: {
      async devItemChanged(item, snapshot) {
        if (snapshot === undefined) return;
        heard.push({ devItemId: snapshot.id, status: snapshot.status });
        const patch = { devStatus: snapshot.status, devUpdatedAt: snapshot.updatedAt };
        await ledger.links.patch(item, patch);
      },
      craftItemChanged: never,
      start: never,
      notRunning: never,
    },
    alerts: { send: never },
  };
}
