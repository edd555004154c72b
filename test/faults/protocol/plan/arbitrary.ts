/**
 * Draws plans with fast-check, which shrinks them: fewer events first, then earlier and simpler ones.
 *
 * Most faults matter together with a few others only, and at the same piece of work. So a plan draws from all kinds of
 * events or from those of one subject, and its events stand close together or far apart.
 */
import fc from 'fast-check';
import { WIRE_FAULTS } from '../outside/network.js';
import {
  CONFIG_CHANGES,
  PEOPLE_DO,
  STOPPED_CALLS,
  SWEEPS,
  VERBS,
  type PeopleDo,
  type Plan,
  type PlannedAct,
  type PlannedEvent,
  type SweepName,
  type VerbName,
} from './events.js';

/** Long enough for every step of a hand-over and what follows it. */
const LAST_GATE = 500;
/** Of a step, its statements and calls. */
const GATES_OF_A_STEP = 12;
const MOST_ITEMS = 3;
const MOST_EVENTS = 8;

interface Weighted {
  readonly weight: number;
  readonly arbitrary: fc.Arbitrary<readonly PlannedEvent[]>;
}

const gap = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: GATES_OF_A_STEP }) },
  { weight: 3, arbitrary: fc.nat({ max: LAST_GATE / 4 }) },
  { weight: 1, arbitrary: fc.nat({ max: LAST_GATE }) },
);
/** While nothing else happens. */
const atRest = fc.constant(LAST_GATE);

/** One event. */
const weighted = (weight: number, act: fc.Arbitrary<PlannedAct>): Weighted => ({ weight, arbitrary: one(gap, act) });
/** Some that are nothing without each other. */
const together = (weight: number, ...all: readonly fc.Arbitrary<readonly PlannedEvent[]>[]): Weighted => ({
  weight,
  arbitrary: fc.tuple(...all).map((events) => events.flat()),
});

function one(after: fc.Arbitrary<number>, act: fc.Arbitrary<PlannedAct>): fc.Arbitrary<readonly PlannedEvent[]> {
  return fc.tuple(after, act).map(([gates, what]) => [{ after: gates, ...what }]);
}

const item = fc.nat({ max: MOST_ITEMS - 1 });
const side = fc.constantFrom('tool' as const, 'craft' as const);
/** Shorter and longer than each time limit of the protocol. */
const stops = fc.constantFrom(3_000, 8_000, 20_000, 45_000, 90_000, 200_000, 700_000);

const wire = fc.record({
  do: fc.constant('wire' as const),
  side,
  of: fc.oneof(
    { weight: 3, arbitrary: fc.constant('write' as const) },
    { weight: 1, arbitrary: fc.constant('read' as const) },
  ),
  how: fc.constantFrom(...WIRE_FAULTS),
  share: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
});
const statement = fc.record({
  do: fc.constant('statement' as const),
  how: fc.constantFrom('before' as const, 'after' as const),
});
const temporalAway = fc.constant({ do: 'temporal-away' as const });
const kill = fc.record({ do: fc.constant('kill' as const), process: fc.nat({ max: 1 }) });
const killHere = fc.constant({ do: 'kill-here' as const });
const stopHere = fc.record({ do: fc.constant('stop-here' as const), ms: stops });
const stopCalling = fc.record({
  do: fc.constant('stop-calling' as const),
  call: fc.constantFrom(...STOPPED_CALLS),
  moment: fc.constantFrom('sends' as const, 'answer to' as const),
  ms: stops,
});
const slowHere = fc.record({ do: fc.constant('slow-here' as const), ms: stops });
const peopleDo = (...whats: readonly PeopleDo[]): fc.Arbitrary<PlannedAct> =>
  fc.record({ do: fc.constant('people' as const), what: fc.constantFrom(...whats), item });
const verb = fc.record({ do: fc.constant('verb' as const), verb: fc.constantFrom(...VERBS), item });
const sweep = fc.record({ do: fc.constant('sweep' as const), sweep: fc.constantFrom(...SWEEPS) });
const missedById = fc.record({
  do: fc.constant('missed-by-id' as const),
  side,
  item,
  ms: fc.constantFrom(500, 5_000, 9_000),
});
const wait = fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(15_000, 130_000, 700_000) });

const everything: readonly Weighted[] = [
  weighted(10, wire),
  weighted(2, statement),
  weighted(1, temporalAway),
  weighted(1, kill),
  weighted(3, killHere),
  weighted(5, stopHere),
  weighted(2, stopCalling),
  weighted(3, slowHere),
  weighted(5, peopleDo(...PEOPLE_DO)),
  weighted(5, verb),
  weighted(3, sweep),
  weighted(1, missedById),
  weighted(1, fc.constant({ do: 'blind-search' as const })),
  weighted(1, fc.record({ do: fc.constant('row-lost' as const), item })),
  weighted(1, fc.constant({ do: 'copy-ledger' as const })),
  weighted(2, fc.constant({ do: 'restore-ledger' as const })),
  weighted(1, fc.record({ do: fc.constant('terminate' as const), item })),
  weighted(1, fc.record({ do: fc.constant('configure' as const), change: fc.constantFrom(...CONFIG_CHANGES) })),
  weighted(1, fc.constant({ do: 'ask' as const })),
  weighted(2, wait),
];

const verbs = (...of: readonly VerbName[]): fc.Arbitrary<PlannedAct> =>
  fc.record({ do: fc.constant('verb' as const), verb: fc.constantFrom(...of), item });
const sweepOf = (of: SweepName): fc.Arbitrary<PlannedAct> => fc.constant({ do: 'sweep' as const, sweep: of });
const dropStateField = fc.constant({ do: 'configure' as const, change: 'drop-state-field' as const });
const atOnce = fc.nat({ max: 2 });

/** Changes in the dev tool, and what may happen while they are told and pushed. */
const progress: readonly Weighted[] = [
  weighted(4, peopleDo('status', 'status', 'status', 'close')),
  together(3, one(atRest, peopleDo('status')), one(atRest, fc.constant({ do: 'wait' as const, ms: 15_000 }))),
  together(4, one(gap, temporalAway), one(atOnce, sweepOf('progress'))),
  together(3, one(gap, sweepOf('progress')), one(fc.nat({ max: 3 * GATES_OF_A_STEP }), killHere)),
  weighted(2, sweepOf('progress')),
  weighted(1, slowHere),
  weighted(2, verbs('resync')),
];

/** Attempts that go on when others have taken over, and what an operator does meanwhile. */
const lateAttempts: readonly Weighted[] = [
  weighted(3, stopHere),
  weighted(3, stopCalling),
  weighted(1, slowHere),
  weighted(4, verb),
  together(3, one(gap, verbs('resync')), one(fc.nat({ max: 2 * GATES_OF_A_STEP }), stopHere), one(atOnce, verb)),
  weighted(2, peopleDo('status', 'write-progress')),
  weighted(1, dropStateField),
  weighted(1, wire),
  together(2, one(atRest, wait)),
];

/** What is missed, deleted or moved, on both sides. */
const gone: readonly Weighted[] = [
  weighted(4, missedById),
  weighted(3, peopleDo('delete-dev-item', 'delete-craft-item', 'move-craft-item', 'status')),
  weighted(2, verbs('resync', 'recreate')),
  together(3, one(atRest, missedById), one(atOnce, verbs('resync'))),
  weighted(2, sweep),
  together(2, one(atRest, wait)),
];

/** While items are collected and begun. */
const collecting: readonly Weighted[] = [
  weighted(4, fc.record({ ...slow(side), of: fc.constant('read' as const) })),
  weighted(3, slowHere),
  weighted(1, stopHere),
  weighted(1, killHere),
  weighted(1, temporalAway),
  weighted(1, peopleDo('unready', 'edit-craft-item')),
  weighted(1, sweepOf('ready')),
];

function slow(of: typeof side) {
  return { do: fc.constant('wire' as const), side: of, how: fc.constant('slow' as const), share: fc.constant(0.9) };
}

const SUBJECTS = { everything, progress, lateAttempts, gone, collecting } as const;
export type Subject = keyof typeof SUBJECTS;

const eventsOf = (subject: Subject): fc.Arbitrary<Plan['events']> =>
  fc.array(fc.oneof(...SUBJECTS[subject]), { maxLength: MOST_EVENTS, size: 'max' }).map((events) => events.flat());

const anyEvents: fc.Arbitrary<Plan['events']> = fc.oneof(
  { weight: 4, arbitrary: eventsOf('everything') },
  { weight: 1, arbitrary: eventsOf('progress') },
  { weight: 1, arbitrary: eventsOf('lateAttempts') },
  { weight: 1, arbitrary: eventsOf('gone') },
  { weight: 1, arbitrary: eventsOf('collecting') },
);

const skew = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-600_000, -90_000, 90_000, 600_000) },
);

/** `subject`: of its events alone. */
export function plansOf(subject?: Subject): fc.Arbitrary<Plan> {
  return fc.record({
    items: fc.integer({ min: 1, max: MOST_ITEMS }),
    mix: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 1_000_000 }) }),
    skews: fc.tuple(skew, skew),
    lagMs: fc.constantFrom(0, 0, 4_000, 9_500),
    onDevItemDeleted: fc.constantFrom('flag' as const, 'release' as const, 'recreate' as const),
    onDrift: fc.constantFrom('flag' as const, 'flag' as const, 'forward' as const),
    events: subject === undefined ? anyEvents : eventsOf(subject),
  });
}
