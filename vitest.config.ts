/**
 * Two projects: `quick` for all tests that need no Temporal server, `temporal` for the rest. A test goes to `temporal`
 * by its path below; a test of the other project that needs a server fails and says so
 * (test/harness/servers/needsTemporal.ts). One Postgres serves both, one Temporal server serves `temporal`, and only if
 * one of its files is run.
 *
 * The `forks` pool, because the SDK's native workers crash in threads.
 */
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const NEED_TEMPORAL = [
  'test/clients/apply/command.test.ts',
  'test/clients/apply/schedules.test.ts',
  'test/clients/program.test.ts',
  'test/faults/processes/actions/servers.test.ts',
  'test/faults/processes/fixedSeeds.test.ts',
  'test/harness/servers/temporal.test.ts',
  'test/harness/servers/timeSkipping.test.ts',
  'test/integration/**/*.test.ts',
  'test/stack/temporal/server.test.ts',
  'test/stack/up/up.test.ts',
  'test/workflows/{firstAttempt,payloads,progressSweep,rests,stretched,verbs}.test.ts',
];

/** These begin first, so that none of them is left running alone at the end. */
const LONGEST = [
  'processes/twoBuilds.test.ts',
  'handOver/exactlyOnce.test.ts',
  'feedback/intake.test.ts',
  'handOver/stoppedWorker.test.ts',
  'handOver/killedWorkers.test.ts',
  'tools/craftdesk.test.ts',
  'follow/progress.test.ts',
  'feedback/feedbackLink.test.ts',
  'tools/sourcesTimesTargets.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(`test/integration/${path}`));
      return place === -1 ? LONGEST.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const shared = {
  pool: 'forks' as const,
  testTimeout: 20_000,
  hookTimeout: 60_000,
  // The default of one second is too short where test files and servers share two cores.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    globalSetup: ['test/harness/servers/postgresSetup.ts'],
    teardownTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: NEED_TEMPORAL,
          setupFiles: ['test/harness/servers/withoutTemporal.ts'],
          // Files share a process: loading the modules again for each file costs more than its tests.
          maxWorkers: 3,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'temporal',
          include: NEED_TEMPORAL,
          globalSetup: ['test/harness/servers/temporalSetup.ts'],
          // These mostly wait, e.g. for a fault to pass or for a lost worker to be noticed.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
