/**
 * One process of the runner: draws plans from its seed, runs them one after the other, shrinks the first that fails.
 * Argument: one JSON object. Prints one JSON object a line: progress, and at last the result.
 */
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { openVirtualDatabase, type VirtualDatabase } from './running/database.js';
import { runPlan, type Outcome } from './running/run.js';
import { plansOf, type Subject } from './plan/arbitrary.js';
import { faultsOf, type Plan } from './plan/events.js';
import { installVirtualClock } from './time/virtualClock.js';

export interface ShardOptions {
  readonly databaseUrl: string;
  readonly seed: number;
  readonly runs: number;
  /** Plans of this subject alone. */
  readonly subject?: Subject;
  /** Of fast-check: one run alone. */
  readonly path?: string;
  /** Go on after a failure, and only count it. */
  readonly countOnly?: boolean;
  /** The first failure ends the shard, as it was drawn. */
  readonly endOnFailure?: boolean;
  /** Tells every step of every run. */
  readonly traces?: boolean;
  /** These, instead of what the seed draws. */
  readonly plans?: readonly Plan[];
}

export interface Counted {
  runs: number;
  wrongs: Record<string, number>;
}

export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly plan: Plan;
  readonly wrongs: Outcome['wrongs'];
  readonly timeline: readonly string[];
}

export type ShardLine =
  | { readonly told: 'progress'; readonly runs: number }
  | {
      readonly told: 'result';
      readonly passed: number;
      readonly failed: number;
      readonly byFault: Readonly<Record<string, Counted>>;
      readonly failure: Failure | null;
      /** Failures of a shard that only counts. */
      readonly seen: readonly string[];
      /** Of each run, where asked for. */
      readonly traces: readonly (readonly string[])[];
      readonly steps: number;
    };

const PROGRESS_EVERY = 250;

function say(line: ShardLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(options: ShardOptions): Promise<void> {
  installVirtualClock();
  // Each request of a long listing listens for the end of its step.
  setMaxListeners(0);
  const database = await openVirtualDatabase(options.databaseUrl);
  if (options.plans !== undefined) return runGiven(options.plans, database);
  const byFault: Record<string, Counted> = {};
  const seen: string[] = [];
  const traces: (readonly string[])[] = [];
  let runs = 0;
  let failed = 0;
  let steps = 0;
  const isShrinking = (): boolean => failed > 0 && options.countOnly !== true;
  const property = fc.asyncProperty(plansOf(options.subject), async (plan) => {
    const outcome = await runPlan(plan, database, { traces: options.traces === true });
    if (options.traces === true) traces.push(outcome.trace);
    if (isShrinking()) return outcome.wrongs.length === 0;
    runs += 1;
    steps += outcome.steps;
    for (const fault of faultsOf(plan)) {
      const counted = (byFault[fault] ??= { runs: 0, wrongs: {} });
      counted.runs += 1;
      for (const { check } of outcome.wrongs) counted.wrongs[check] = (counted.wrongs[check] ?? 0) + 1;
    }
    if (outcome.wrongs.length > 0) {
      failed += 1;
      seen.push(`run ${runs}: ${outcome.wrongs.map(({ check, what }) => `${check}: ${what}`).join('; ')}`);
    }
    if (runs % PROGRESS_EVERY === 0) say({ told: 'progress', runs });
    return options.countOnly === true || outcome.wrongs.length === 0;
  });
  const { seed, path } = options;
  const checked = await fc.check(property, {
    seed,
    numRuns: options.runs,
    ...(path !== undefined && { path }),
    endOnFailure: options.endOnFailure === true,
  });
  const failure = checked.failed ? await explained(checked, database) : null;
  const passed = runs - failed;
  say({ told: 'result', passed, failed, byFault, failure, seen, traces, steps });
  await database.close();
}

async function runGiven(given: readonly Plan[], database: VirtualDatabase): Promise<void> {
  const seen: string[] = [];
  let steps = 0;
  for (const plan of given) {
    const outcome = await runPlan(plan, database);
    steps += outcome.steps;
    seen.push(...outcome.wrongs.map(({ check, what }) => `${check}: ${what}`));
  }
  const failed = seen.length === 0 ? 0 : 1;
  say({ told: 'result', passed: given.length - failed, failed, byFault: {}, failure: null, seen, traces: [], steps });
  await database.close();
}

/** The shortest plan that fails, run once more for its timeline. */
async function explained(
  { seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<[Plan]>,
  database: VirtualDatabase,
): Promise<Failure> {
  const plan = counterexample?.[0];
  if (plan === undefined)
    throw errorInstance instanceof Error ? errorInstance : new Error('fast-check gives no counterexample');
  const { wrongs, record } = await runPlan(plan, database);
  if (wrongs.length === 0)
    throw errorInstance instanceof Error
      ? errorInstance
      : new Error('the shortest plan does not fail again: the run is not deterministic');
  return { seed, path: counterexamplePath ?? '', plan, wrongs, timeline: record.timeline };
}

await main(JSON.parse(process.argv[2] ?? '{}') as ShardOptions);
