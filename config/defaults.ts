/**
 * The values that apply where `craftsync.yaml` says nothing (design 7, Configuration), and the bounds of each duration.
 * The lower bounds let a demo run in seconds; the upper ones catch slips such as hours where minutes were meant.
 */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface DurationRule {
  readonly defaultMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** How messages show the way to write it. */
  readonly example: string;
}

export const DURATIONS = {
  timeout: { defaultMs: 30 * SECOND, minMs: 100, maxMs: 5 * MINUTE, example: '30 seconds' },
  freshFor: { defaultMs: 60 * SECOND, minMs: 0, maxMs: HOUR, example: '60 seconds' },
  progressEvery: { defaultMs: 5 * MINUTE, minMs: SECOND, maxMs: 7 * DAY, example: '5 minutes' },
  inventoryEvery: { defaultMs: 24 * HOUR, minMs: SECOND, maxMs: 31 * DAY, example: '24 hours' },
  readAfterWrite: { defaultMs: 10 * SECOND, minMs: 0, maxMs: 10 * MINUTE, example: '10 seconds' },
  lateWrite: { defaultMs: 60 * SECOND, minMs: 0, maxMs: HOUR, example: '60 seconds' },
  sweepEvery: { defaultMs: 60 * MINUTE, minMs: SECOND, maxMs: 7 * DAY, example: '60 minutes' },
  driftEvery: { defaultMs: 60 * MINUTE, minMs: SECOND, maxMs: 31 * DAY, example: '60 minutes' },
  settleFor: { defaultMs: 7 * DAY, minMs: 0, maxMs: 366 * DAY, example: '7 days' },
  intakeEvery: { defaultMs: 60 * MINUTE, minMs: SECOND, maxMs: 7 * DAY, example: '60 minutes' },
  keepLog: { defaultMs: 180 * DAY, minMs: DAY, maxMs: 3660 * DAY, example: '180 days' },
} as const satisfies Record<string, DurationRule>;

export const DEFAULTS = {
  dialect: 'guide',
  burst: 1,
  maxNewPerSweep: 1000,
  titleTemplate: '{title}',
  descriptionFrom: 'description',
  unmapped: 'keep',
  onDropped: 'flag',
  onDrift: 'flag',
  released: '',
  onDevItemDeleted: 'flag',
  feedback: 'none',
  alsoHandedOver: false,
  timeZone: 'UTC',
} as const;
