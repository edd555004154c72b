/**
 * A migrated ledger in a database of its own. After the migrations nobody may create anything in it, so that every test
 * of the ledger also shows that the runtime role needs no DDL.
 */
import pg from 'pg';

import type { CraftItem } from '../../src/domain/craftItem.js';
import type { DevItem } from '../../src/domain/devItem.js';
import type { ItemRef } from '../../src/domain/ids.js';
import type { ItemLink } from '../../src/domain/link.js';
import { createLedger } from '../../src/ledger/index.js';
import type { SentCreate } from '../../src/ledger/links/links.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { freshDatabase } from '../harness/database.js';

export interface LedgerFixture {
  readonly ledger: Ledger;
  readonly url: string;
  /** Looks into the tables, or ages them, behind the ledger's back. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openLedger(): Promise<LedgerFixture> {
  const database = await freshDatabase();
  const ledger = createLedger({ databaseUrl: database.url, applicationName: 'test' });
  await ledger.migrate();
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  await pool.query('revoke create on schema public from pg_database_owner, public');
  return {
    ledger,
    url: database.url,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await pool.query<Row>(text, [...values])).rows,
    close: async () => {
      await ledger.close();
      await pool.end();
      await database.drop();
    },
  };
}

export const PIPELINE = 'mobile';

/** What a create leaves in its row before it is sent. */
export const CREATE: SentCreate = {
  phase: 'checking',
  handedOver: { values: { title: 'as it was' }, lockField: 'View only', lockStatus: 'In Development' },
  fingerprint: 'f0',
  devTool: 'km',
  target: { spaceId: 's' },
};

/** A row in phase `checking`. */
export async function begin(ledger: Ledger, craftItemId: string, pipeline = PIPELINE): Promise<ItemLink> {
  return ledger.links.begin(
    { pipeline, craftItemId },
    { devTool: 'km', craftShortId: `F-${craftItemId}`, craftUrl: null },
  );
}

/** A row that holds a dev item, not locked yet. */
export async function linked(ledger: Ledger, craftItemId: string, dev: Partial<DevItem> = {}, pipeline = PIPELINE) {
  const item: ItemRef = { pipeline, craftItemId };
  await begin(ledger, craftItemId, pipeline);
  const { token } = await ledger.links.takeLease(item, 5_000);
  await ledger.links.noteSent(item, token, CREATE);
  await ledger.links.storeDevItem(item, token, devItem({ id: `dev-${craftItemId}`, ...dev }));
  return { item, token };
}

/** A row that is handed over and followed. */
export async function following(ledger: Ledger, craftItemId: string, dev: Partial<DevItem> = {}, pipeline = PIPELINE) {
  const { item } = await linked(ledger, craftItemId, dev, pipeline);
  const { token } = await ledger.links.takeLease(item, 5_000);
  const handedOver = { values: { title: 'as it was' }, lockField: 'View only', lockStatus: 'In Development' };
  await ledger.links.storeLock(item, token, { handedOver, fingerprint: 'f1', lastProgress: { dev_status: 'To do' } });
  return { item, token };
}

export function devItem(changes: Partial<DevItem> = {}): DevItem {
  return {
    id: 'dev-1',
    key: 'MOB-1',
    url: 'https://km.example/MOB/1',
    scope: 'space-1',
    status: 'Backlog',
    updatedAt: null,
    createdAt: null,
    ...changes,
  };
}

export function craftItem(id: string, changes: Partial<CraftItem> = {}): CraftItem {
  return {
    id,
    shortId: `F-${id}`,
    type: 'Feature',
    title: `Item ${id}`,
    description: null,
    webUrl: null,
    status: { id: null, name: 'Ready for Development' },
    parentId: null,
    updateTime: null,
    customFields: [],
    properties: { name: `Item ${id}` },
    ...changes,
  };
}
