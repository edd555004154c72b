/**
 * Copies a ledger, puts it back as it was, or loses it: as with a backup that is an hour old when it is restored
 * (decision 18). The gate does it with few items; in full: CRAFTSYNC_TEST_LOST_ITEMS=200.
 */
import pg from 'pg';
import { seedReadyItems } from '../../../sandbox/seeding/seedWorld.js';
import { eventually, startDeployment, type TestDeployment } from './deployment.js';
import { quick } from './followed.js';
import { handOverFacts } from './handOverCheck.js';

export const ITEMS = Number(process.env['CRAFTSYNC_TEST_LOST_ITEMS'] ?? 20);
export const CASE_MS = 300_000 + ITEMS * 3_000;

/** A lock that leaves the status as it is: every item stays ready, so that each sweep lists them all. */
export async function startStayingReady(): Promise<TestDeployment> {
  const pipeline = { sweepEvery: '7 days', driftEvery: '31 days', lock: { status: null } };
  return startDeployment({ items: 0, configuration: quick({ pipeline }) });
}

/** Makes `count` more items ready, and waits until `total` are followed. */
export async function handOverMore(deployment: TestDeployment, count: number, total: number): Promise<void> {
  seedReadyItems(deployment.sandbox.world, count);
  const { exitCode, stderr } = await deployment.run('sweep', 'mobile', '--json');
  if (exitCode !== 0) throw new Error(stderr);
  await allFollowed(deployment, total);
}

export async function allFollowed(deployment: TestDeployment, total: number): Promise<void> {
  await eventually(
    async () => (await deployment.ledger.links.list({ phases: ['following'] })).length === total,
    `${total} items are followed`,
    CASE_MS - 60_000,
  );
}

/** What a person would count: items, dev items, and how many of them are a second one or linked to nothing. */
export async function counts(deployment: TestDeployment) {
  const { devItems, duplicates, links, broken } = await handOverFacts(deployment);
  const unlinked = broken.filter((why) => why.includes('is linked to nothing')).length;
  const linked = links.filter(({ phase, devItemId }) => phase === 'following' && devItemId !== null).length;
  return { devItems, duplicates: duplicates.length, unlinked, linked };
}

/** Copies every table, as of one moment; the copy's times are an hour back, as those of a copy made an hour ago. */
export async function copyLedger(deployment: TestDeployment): Promise<void> {
  await inLedger(deployment, async (client, tables) => {
    await client.query('begin isolation level repeatable read; create schema copied');
    for (const table of tables) await client.query(`create table copied.${table} as table public.${table}`);
    await client.query(`update copied.ledger_life set alive_at = alive_at - interval '1 hour'`);
    await client.query('commit');
  });
}

export async function putBack(deployment: TestDeployment): Promise<void> {
  await inLedger(deployment, async (client, tables) => {
    await client.query(`begin; truncate ${tables.join(', ')} cascade`);
    for (const table of tables) {
      await client.query(`insert into public.${table} overriding system value table copied.${table}`);
    }
    await client.query('commit');
  });
}

export async function emptyLedger(deployment: TestDeployment): Promise<void> {
  await inLedger(deployment, async (client, tables) => {
    await client.query(`truncate ${tables.join(', ')} cascade`);
  });
}

/** As if Temporal's database was lost: no run, closed or open, is known any more. */
export async function forgetRuns({ temporal }: TestDeployment): Promise<void> {
  const { client, namespace } = temporal;
  await eventually(
    async () => {
      const left: Promise<unknown>[] = [];
      for await (const { workflowId, runId } of client.workflow.list()) {
        const workflowExecution = { workflowId, runId };
        const deleted = client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
        left.push(deleted.catch(() => undefined));
      }
      await Promise.all(left);
      return left.length === 0;
    },
    'Temporal knows no run',
    120_000,
  );
}

/** `tables`: those that refer to others come last. */
async function inLedger(
  { env }: TestDeployment,
  work: (client: pg.Client, tables: readonly string[]) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: env['DATABASE_URL'] });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables t
       where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'craftsync_migrations'
       order by exists (select from information_schema.table_constraints c where c.table_schema = 'public'
         and c.table_name = t.table_name and c.constraint_type = 'FOREIGN KEY'), table_name`,
    );
    await work(
      client,
      rows.map(({ name }) => name),
    );
  } finally {
    await client.end();
  }
}
