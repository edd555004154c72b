/** Draws plans with fast-check, which shrinks them: fewer events first, then earlier and simpler ones. */
import fc from 'fast-check';
import { WIRE_FAULTS } from '../outside/network.js';
import { CONFIG_CHANGES, PEOPLE_DO, SWEEPS, VERBS, type Plan, type PlannedAct, type PlannedEvent } from './events.js';

/** Long enough for every step of a hand-over and what follows it. */
const LAST_GATE = 500;
const MOST_ITEMS = 3;

const item = fc.nat({ max: MOST_ITEMS - 1 });
const side = fc.constantFrom('tool' as const, 'craft' as const);
/** Shorter and longer than each time limit of the protocol. */
const stops = fc.constantFrom(3_000, 8_000, 20_000, 45_000, 90_000, 200_000, 700_000);

const act: fc.Arbitrary<PlannedAct> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('wire' as const),
      side,
      of: fc.oneof(
        { weight: 3, arbitrary: fc.constant('write' as const) },
        { weight: 1, arbitrary: fc.constant('read' as const) },
      ),
      how: fc.constantFrom(...WIRE_FAULTS),
      share: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('statement' as const),
      how: fc.constantFrom('before' as const, 'after' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'temporal-away' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), process: fc.nat({ max: 1 }) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'kill-here' as const }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('stop-here' as const), ms: stops }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('slow-here' as const), ms: stops }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('people' as const), what: fc.constantFrom(...PEOPLE_DO), item }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('verb' as const), verb: fc.constantFrom(...VERBS), item }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sweep' as const), sweep: fc.constantFrom(...SWEEPS) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('missed-by-id' as const),
      side,
      item,
      ms: fc.constantFrom(500, 5_000, 9_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'blind-search' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('row-lost' as const), item }) },
  { weight: 1, arbitrary: fc.constant({ do: 'copy-ledger' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'restore-ledger' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('terminate' as const), item }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('configure' as const), change: fc.constantFrom(...CONFIG_CHANGES) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'ask' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(15_000, 130_000, 700_000) }),
  },
);

const event: fc.Arbitrary<PlannedEvent> = fc
  .tuple(fc.nat({ max: LAST_GATE }), act)
  .map(([at, what]) => ({ at, ...what }));

const skew = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-600_000, -90_000, 90_000, 600_000) },
);

export const plans: fc.Arbitrary<Plan> = fc.record({
  items: fc.integer({ min: 1, max: MOST_ITEMS }),
  mix: fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: 1_000_000 }) }),
  skews: fc.tuple(skew, skew),
  lagMs: fc.constantFrom(0, 0, 4_000, 9_500),
  onDevItemDeleted: fc.constantFrom('flag' as const, 'release' as const, 'recreate' as const),
  onDrift: fc.constantFrom('flag' as const, 'flag' as const, 'forward' as const),
  events: fc.array(event, { maxLength: 8, size: 'max' }).map((events) => [...events].sort((a, b) => a.at - b.at)),
});
