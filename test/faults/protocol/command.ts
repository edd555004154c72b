/**
 * `npm run test:protocol -- --seed N --runs M`: many runs in several processes on one PostgreSQL. A failing run prints
 * its seed and path, the shortest plan that fails, and its timeline.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../../stack/postgres/server.js';
import { tableOf } from './table.js';
import { inWords } from './plan/events.js';
import type { Counted, Failure, ShardLine, ShardOptions } from './shard.js';

type Result = Extract<ShardLine, { told: 'result' }>;

const USAGE = `npm run test:protocol -- [--seed N] [--runs M] [--shards K] [--path P] [--count]
  --seed   of the plans; the same seed gives the same runs          [a random one]
  --runs   how many                                                 [10000]
  --shards how many processes; shard n has the seed N + n           [2]
  --path   of a failed run: it alone is run again, with its shard's seed
  --count  goes on after a failure, counts and does not shrink`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      runs: { type: 'string', default: '10000' },
      shards: { type: 'string', default: '2' },
      path: { type: 'string' },
      count: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const shards = values.path === undefined ? Number(values.shards) : 1;
  const runs = Number(values.runs);
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-protocol-pg-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: (line) => console.error(line) });
  try {
    const startedMs = performance.now();
    const progress = new Map<number, number>();
    const results = await Promise.all(
      Array.from({ length: shards }, async (_, n) => {
        const databaseUrl = await newDatabase(postgres.url, `shard_${n}`);
        const own = Math.floor(runs / shards) + (n < runs % shards ? 1 : 0);
        const given: ShardOptions = {
          databaseUrl,
          seed: seed + n,
          runs: own,
          countOnly: values.count,
          ...(values.path !== undefined && { path: values.path }),
        };
        return runShard(given, (done) => {
          progress.set(n, done);
          const all = [...progress.values()].reduce((sum, one) => sum + one, 0);
          const seconds = (performance.now() - startedMs) / 1000;
          if (all % 1_000 < 250) console.log(`${all} of ${runs} runs, ${(all / seconds).toFixed(1)} a second`);
        });
      }),
    );
    return report(results, { seed, seconds: (performance.now() - startedMs) / 1000 });
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function newDatabase(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** Rejects where the process ends without a result. */
async function runShard(options: ShardOptions, onProgress: (runs: number) => void): Promise<Result> {
  const script = fileURLToPath(new URL('shard.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let result: Result | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as ShardLine;
    if (told.told === 'progress') onProgress(told.runs);
    else result = told;
  }
  if (result === null) throw new Error(`the shard with seed ${options.seed} ended without a result`);
  return result;
}

function report(
  results: readonly Result[],
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): number {
  const failures = results.map(({ failure }) => failure).filter((failure) => failure !== null);
  for (const { seen } of results) for (const line of seen.slice(0, 20)) console.log(line);
  for (const failure of failures) console.log(explain(failure));
  const sum = (of: (result: Result) => number): number => results.reduce((all, result) => all + of(result), 0);
  const passed = sum((result) => result.passed);
  const failed = sum((result) => result.failed);
  console.log(tableOf(added(results.map(({ byFault }) => byFault))));
  const pace = ((passed + failed) / seconds).toFixed(1);
  console.log(`seed ${seed}: ${sum(({ steps }) => steps)} steps in ${seconds.toFixed(0)} s, ${pace} runs a second`);
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

function explain({ seed, path, plan, wrongs, timeline }: Failure): string {
  const { events, ...setting } = plan;
  return [
    `\nFailed: ${wrongs.map(({ check, what }) => `${check}: ${what}`).join('\n        ')}`,
    `  the shortest plan: ${JSON.stringify(setting)}`,
    ...events.map((event) => `    after step ${event.at}: ${inWords(event)}`),
    '  what happened:',
    ...timeline.map((line) => `    ${line}`),
    `  again: npm run test:protocol -- --seed ${seed} --path ${path}\n`,
  ].join('\n');
}

function added(all: readonly Readonly<Record<string, Counted>>[]): Readonly<Record<string, Counted>> {
  const total: Record<string, Counted> = {};
  for (const [fault, { runs, wrongs }] of all.flatMap((one) => Object.entries(one))) {
    const counted = (total[fault] ??= { runs: 0, wrongs: {} });
    counted.runs += runs;
    for (const [check, count] of Object.entries(wrongs)) counted.wrongs[check] = (counted.wrongs[check] ?? 0) + count;
  }
  return total;
}

process.exitCode = await main();
