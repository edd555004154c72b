/**
 * `npm run test:protocol -- --seed N --runs M`: many runs in several processes on one PostgreSQL. A failing run prints
 * its seed and path, the shortest plan that fails, and its timeline.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startPostgres, type PostgresServer } from '../../../stack/postgres/server.js';
import { hunt, type Caught } from './hunt.js';
import { inWords } from './plan/events.js';
import type { Counted, Failure } from './shard.js';
import { endShards, runShard, type Result } from './shards.js';
import { tableOf } from './table.js';

const USAGE = `npm run test:protocol -- [--seed N] [--runs M] [--shards K] [--path P] [--count]
npm run test:protocol -- --defects [--only WORDS] [--write] [--seed N] [--runs M] [--shards K]
  --seed    of the plans; the same seed gives the same runs          [a random one]
  --runs    how many                                                 [10000]
  --shards  how many processes; shard n has the seed N + n           [2]
  --path    of a failed run: it alone is run again, with its shard's seed
  --count   goes on after a failure, counts and does not shrink
  --defects puts each deliberate defect into the code, and runs until it is caught
  --only    those defects whose names hold these words
  --write   keeps the plans that caught them, for the tests`;

const OPTIONS = {
  root: { type: 'string' },
  'database-url': { type: 'string' },
  seed: { type: 'string' },
  runs: { type: 'string', default: '10000' },
  shards: { type: 'string', default: '2' },
  path: { type: 'string' },
  count: { type: 'boolean', default: false },
  defects: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Null: they are wrong, and it was said how. */
function readArguments(): Values | null {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    for (const name of ['seed', 'runs', 'shards'] as const)
      if (!/^\d*$/.test(values[name] ?? '')) throw new Error(`--${name} is no whole number: ${values[name]}`);
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return null;
  }
}

async function main(): Promise<number> {
  const values = readArguments();
  if (values === null) return 2;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const given = values['database-url'];
  if (given !== undefined) return run(values, given);
  const folder = await mkdtemp(join(tmpdir(), 'craftsync-protocol-pg-'));
  let postgres: PostgresServer | null = null;
  try {
    postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: (line) => console.error(line) });
    return await run(values, postgres.url);
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(values: Values, postgresUrl: string): Promise<number> {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const runs = Number(values.runs);
  const shards = values.path === undefined ? Number(values.shards) : 1;
  if (values.defects) return runDefects(values, { postgresUrl, seed, runs, atOnce: shards });
  const script = fileURLToPath(new URL('shard.js', import.meta.url));
  const startedMs = performance.now();
  const done = new Map<number, number>();
  const results = await Promise.all(
    Array.from({ length: shards }, async (_, n) => {
      const own = Math.floor(runs / shards) + (n < runs % shards ? 1 : 0);
      const path = values.path === undefined ? {} : { path: values.path };
      const options = { seed: seed + n, runs: own, countOnly: values.count, ...path };
      return runShard(script, postgresUrl, options, (ofShard) => {
        done.set(n, ofShard);
        const all = [...done.values()].reduce((sum, one) => sum + one, 0);
        const pace = (all * 1_000) / (performance.now() - startedMs);
        console.log(`${all} of ${runs} runs, ${pace.toFixed(1)} a second`);
      });
    }),
  );
  return report(results, { seed, seconds: (performance.now() - startedMs) / 1000 });
}

interface Hunted {
  readonly postgresUrl: string;
  readonly seed: number;
  readonly runs: number;
  readonly atOnce: number;
}

async function runDefects({ root = '.', only, write }: Values, hunted: Hunted): Promise<number> {
  const file = join(root, 'test/faults/protocol/caught.json');
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Record<string, Caught>;
  const { caught, missed } = await hunt({ ...hunted, root, only, writeTo: write ? file : null, known });
  console.log(`${caught} passed, ${missed} failed, 0 skipped`);
  return missed === 0 ? 0 : 1;
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
    ...events.map((event) => `    ${event.after} steps later: ${inWords(event)}`),
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

/** What was started ends, and with it `main`, which removes its folders. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, endShards);
process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
