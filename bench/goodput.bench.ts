/**
 * How much of a limit several processes use together, and whether they ever exceed it: G = useful calls ÷ (limit ×
 * time), the budget as it is in the product, against a server that is strict in every window. The minute lasts 6
 * seconds: the clocks of the processes and of their database run ten times faster. About 10 minutes; with
 * `CRAFTSYNC_BENCH_REAL_MINUTES=10` the same at 10 a minute in real time, which adds those ten minutes;
 * `npm run bench -- bench/goodput.bench.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, it } from 'vitest';
import { createLedger } from '../ledger/index.js';
import { freshDatabase } from '../test/harness/servers/database.js';
import type { CallerOptions } from './goodput/caller.js';
import { startStrictServer } from './goodput/strictServer.js';
import { startCompiled } from './measure/programs.js';
import { statementsIn } from './measure/statements.js';
import { numberFrom, numbersFrom, printTable, rounded, say, type Cell } from './measure/table.js';

const PER_MINUTE = numbersFrom('CRAFTSYNC_BENCH_PER_MINUTE', '10,100,1000');
const WORKERS = numbersFrom('CRAFTSYNC_BENCH_WORKERS', '1,2,4');
const FAILING = numbersFrom('CRAFTSYNC_BENCH_FAILING', '0,0.05');
/** Of the scaled clocks. */
const MINUTES = numberFrom('CRAFTSYNC_BENCH_MINUTES', 4);
const REAL_MINUTES = numberFrom('CRAFTSYNC_BENCH_REAL_MINUTES', 0);
const TIMES_FASTER = 10;
const MINUTE_MS = 60_000;
/** The first slots are given while processes start: counted is what follows. */
const STARTS_WITHIN_MS = 1_500;

interface Setting {
  readonly perMinute: number;
  readonly workers: number;
  readonly failing: number;
  readonly timesFaster: number;
  readonly minutes: number;
}

async function goodput(setting: Setting): Promise<Cell[]> {
  const { perMinute, workers, failing, timesFaster, minutes } = setting;
  const database = await freshDatabase();
  const windowMs = MINUTE_MS / timesFaster;
  const server = await startStrictServer({ limit: perMinute, windowMs, failing });
  const callers = [];
  try {
    await prepare(database.url, timesFaster);
    const beginsAt = Date.now() + 4_000;
    // Enough that each process always has somebody who waits.
    const items = Math.max(3, Math.ceil(perMinute / workers / 4));
    for (let worker = 0; worker < workers; worker += 1) {
      const given = { databaseUrl: database.url, serverUrl: server.url, perMinute, items, timesFaster, beginsAt };
      const options: CallerOptions = { name: `worker ${worker}`, ...given };
      const caller = await startCompiled(['bench/goodput/caller.ts'], options);
      callers.push(caller);
      await caller.waitForLine(/^ready$/);
    }
    await sleep(Math.max(0, beginsAt - Date.now()) + STARTS_WITHIN_MS);
    server.reset();
    const before = await statementsIn(database.url);
    const startedAt = performance.now();
    await sleep(minutes * windowMs);
    const passed = (performance.now() - startedAt) / windowMs;
    const { useful, refused, failed } = server.counts;
    const statements = (await statementsIn(database.url)) - before;
    const calls = useful + refused + failed;
    const used = rounded(useful / (perMinute * passed), 3);
    say(`${perMinute} a minute, ${workers} workers, ${failing * 100} % failing: ${used}`);
    const clocks = timesFaster === 1 ? 'real' : `${timesFaster} ×`;
    return [`${perMinute}`, workers, `${failing * 100} %`, clocks, used, refused, rounded(statements / calls, 1)];
  } finally {
    await Promise.all(callers.map((caller) => caller.kill()));
    server.close();
    await database.drop();
  }
}

/** A `clock_timestamp()` of the database itself that is found before PostgreSQL's own. */
async function prepare(databaseUrl: string, timesFaster: number): Promise<void> {
  const ledger = createLedger({ databaseUrl, applicationName: 'bench' });
  await ledger.migrate();
  await ledger.close();
  if (timesFaster === 1) return;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const since = `timestamptz '${new Date().toISOString()}'`;
    await client.query(`create schema scaled`);
    await client.query(
      `create function scaled.clock_timestamp() returns timestamptz language sql volatile as
       $$ select ${since} + (pg_catalog.clock_timestamp() - ${since}) * ${timesFaster} $$`,
    );
    const name = new URL(databaseUrl).pathname.slice(1);
    await client.query(`alter database ${name} set search_path = scaled, pg_catalog, public`);
  } finally {
    await client.end();
  }
}

function settings(perMinutes: readonly number[], timesFaster: number, minutes: number): readonly Setting[] {
  return perMinutes.flatMap((perMinute) =>
    WORKERS.flatMap((workers) => FAILING.map((failing) => ({ perMinute, workers, failing, timesFaster, minutes }))),
  );
}

describe('bench/goodput', () => {
  it('uses a limit and does not exceed it', async () => {
    const rows: Cell[][] = [];
    for (const setting of settings(PER_MINUTE, TIMES_FASTER, MINUTES)) rows.push(await goodput(setting));
    // These cost so little that they do not disturb one another.
    const real = settings(REAL_MINUTES > 0 ? [10] : [], 1, REAL_MINUTES);
    rows.push(...(await Promise.all(real.map(goodput))));
    const head = ['calls a minute', 'workers', '5xx', 'clocks', 'G', '429s', 'statements for a call'];
    printTable(`Goodput: useful calls ÷ (limit × time), over ${MINUTES} minutes of the clocks`, head, rows);
  });
});
