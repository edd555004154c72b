/** Which sweeps a configuration has: by which schedule, of which connection, and how often (design 2). */
import { driftSweepScheduleId, intakeScheduleId, progressSweepScheduleId, readySweepScheduleId } from '../ids.js';
import type { Settings } from '../settings.js';

export interface ConfiguredSweep {
  readonly scheduleId: string;
  /** The connection that it asks. */
  readonly connection: string;
  readonly everyMs: number;
}

/** Dev tools that no pipeline uses are not swept. */
export function configuredSweeps({ craft, devTools, pipelines, intakes }: Settings): readonly ConfiguredSweep[] {
  const inUse = new Set(Object.values(pipelines).map(({ devTool }) => devTool));
  return [
    ...Object.values(pipelines).flatMap(({ name, sweepEveryMs, driftEveryMs }): ConfiguredSweep[] => [
      { scheduleId: readySweepScheduleId(name), connection: craft.name, everyMs: sweepEveryMs },
      { scheduleId: driftSweepScheduleId(name), connection: craft.name, everyMs: driftEveryMs },
    ]),
    ...Object.values(devTools)
      .filter(({ name }) => inUse.has(name))
      .map(({ name, progressEveryMs }): ConfiguredSweep => ({
        scheduleId: progressSweepScheduleId(name),
        connection: name,
        everyMs: progressEveryMs,
      })),
    ...Object.values(intakes).map(({ name, devTool, everyMs }): ConfiguredSweep => ({
      scheduleId: intakeScheduleId(name),
      connection: devTool,
      everyMs,
    })),
  ];
}
