/**
 * What goes wrong in one run, as data: drawn from a seed, printed, replayed (`--plan FILE`) and shortened.
 *
 * To add a fault: give it a kind and its parameters in `faults.ts`, draw it in `catalogue.ts` (with the reasons for
 * which an item may rest because of it), and carry it out in `wire/` (a call that goes wrong) or `actions/` (a process,
 * a server, a person). A fault that never met anything is not counted, so look at a run of it:
 * `npm run test:faults -- --only <kind> --runs 1`. What must hold whatever happens is in `judges/`, and no fault is an
 * exception there.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CATALOGUE } from './catalogue.js';
import { FAULT_KINDS, type FaultKind, type Injection } from './faults.js';

export interface Plan {
  readonly seed: number;
  /** Ready at the start. */
  readonly items: number;
  readonly workers: number;
  /** The limit of the dev tool; null: none. */
  readonly perMinute: number | null;
  /** A developer moves an item about this often. */
  readonly moveEveryMs: number;
  readonly injections: readonly Injection[];
}

/** From the start until everything is lifted. */
export const FAULTS_FOR_MS = 14_000;

/** `only`: of these kinds. */
export function drawPlan(seed: number, only: readonly FaultKind[] = FAULT_KINDS): Plan {
  const [plan] = fc.sample(planOf(seed, only), { seed, numRuns: 1 });
  if (plan === undefined) throw new Error('fast-check drew nothing');
  return plan;
}

function planOf(seed: number, kinds: readonly FaultKind[]): fc.Arbitrary<Plan> {
  const several = Math.min(3, kinds.length);
  return fc.record({
    seed: fc.constant(seed),
    items: fc.integer({ min: 4, max: 12 }),
    workers: fc.integer({ min: 1, max: 2 }),
    perMinute: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.constantFrom(60, 90)),
    moveEveryMs: fc.constantFrom(400, 800, 1_600),
    injections: fc
      .shuffledSubarray([...kinds], { minLength: several, maxLength: several })
      .chain((chosen) => fc.tuple(...chosen.map((kind) => CATALOGUE[kind].draw))),
  });
}

export function readPlan(path: string): Plan {
  return JSON.parse(readFileSync(path, 'utf8')) as Plan;
}

/** Each plan without one of its faults: the steps by which a failing plan is shortened. */
export function shorterPlans(plan: Plan): readonly Plan[] {
  return plan.injections.map((left) => ({ ...plan, injections: plan.injections.filter((one) => one !== left) }));
}

export function faultsOf(plan: Plan): string {
  return plan.injections.map(({ fault }) => fault.kind).join(', ') || 'none';
}
