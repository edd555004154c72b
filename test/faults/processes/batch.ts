/** Many runs, a line for each: some at a time, each lane on servers of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownServers, type Servers } from './actions/servers.js';
import type { Finding } from './judges/index.js';
import type { Options } from './options.js';
import { drawPlan, faultsOf, readPlan, shorterPlans, type Plan } from './plan/plan.js';
import type { RunRecord } from './record/record.js';
import { run, type RunResult } from './run.js';
import { timeline } from './record/timeline.js';

export type Outcome =
  | ({ readonly outcome: 'judged'; readonly plan: Plan } & RunResult)
  /** The run itself could not be made: a server did not start. */
  | { readonly outcome: 'not made'; readonly plan: Plan; readonly why: string };

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export async function runBatch(options: Options): Promise<readonly Outcome[]> {
  const plans =
    options.plan === undefined
      ? Array.from({ length: options.runs }, (_, nth) => drawPlan(options.seed + nth, options.only))
      : [readPlan(options.plan)];
  const queue = plans.values();
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    const servers = await ownServers();
    try {
      for (const plan of queue) outcomes.push(await runAndTell(plan, servers, options));
    } finally {
      await servers.close();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.lanes, plans.length) }, lane));
  return outcomes;
}

async function runAndTell(plan: Plan, servers: Servers, options: Options): Promise<Outcome> {
  const outcome = await attempt(plan, servers);
  say(lineFor(outcome));
  if (outcome.outcome === 'judged' && outcome.findings.length > 0) {
    tellFailure(outcome, options.keep);
    if (options.shrink) await shrink(plan, servers, options.keep);
  }
  return outcome;
}

async function attempt(plan: Plan, servers: Servers): Promise<Outcome> {
  try {
    return { outcome: 'judged', plan, ...(await run(plan, servers)) };
  } catch (error) {
    return { outcome: 'not made', plan, why: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function lineFor(outcome: Outcome): string {
  const { seed } = outcome.plan;
  const head = `seed ${seed}`.padEnd(12);
  if (outcome.outcome === 'not made') return `${head} ${faultsOf(outcome.plan)}: not made: ${outcome.why}`;
  const { record, findings, seconds } = outcome;
  const missed = outcome.plan.injections.map(({ fault }) => fault.kind).filter((kind) => !record.struck.includes(kind));
  const words = [faultsOf(outcome.plan), ...(missed.length === 0 ? [] : [`(met nothing: ${missed.join(', ')})`])];
  const verdict =
    findings.length === 0 ? 'passed' : `FAILED: ${[...new Set(findings.map(({ check }) => check))].join('; ')}`;
  return `${head} ${words.join(' ')}  ${seconds.toFixed(0)} s  ${verdict}`;
}

function tellFailure({ plan, record, findings }: Extract<Outcome, { outcome: 'judged' }>, keep: string): void {
  const folder = keepRun(keep, plan, record, findings);
  say(`  plan: ${JSON.stringify(plan)}`);
  for (const { check, craftItemId, words } of findings)
    say(`  ${check}${craftItemId === null ? '' : ` (${craftItemId})`}: ${words}`);
  say(timeline(record).replace(/^/gm, '  '));
  say(`  kept in ${folder}; again: npm run test:faults -- --plan ${join(folder, 'plan.json')}`);
}

export function keepRun(keep: string, plan: Plan, record: RunRecord, findings: readonly Finding[]): string {
  const folder = join(keep, `seed-${plan.seed}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan, null, 2));
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'findings.json'), JSON.stringify(findings, null, 2));
  writeFileSync(join(folder, 'timeline.txt'), timeline(record));
  return folder;
}

/** Leaves out one fault after the other for as long as the run still fails. */
async function shrink(plan: Plan, servers: Servers, keep: string): Promise<void> {
  for (const shorter of shorterPlans(plan)) {
    const outcome = await attempt(shorter, servers);
    say(`  without one of them: ${lineFor(outcome)}`);
    if (outcome.outcome !== 'judged' || outcome.findings.length === 0) continue;
    say(`  shorter: ${keepRun(keep, shorter, outcome.record, outcome.findings)}`);
    return shrink(shorter, servers, keep);
  }
  say(`  the shortest plan that failed: ${JSON.stringify(plan)}`);
}
