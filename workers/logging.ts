/** Puts the SDK's own log lines into the worker's log. */
import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** A line a second for each call while Temporal is lost; the process itself says it in one a minute. */
const RETRIED_CALL = /^gRPC call \w+ retried \d+ times|^Network error while describing namespace/;

/** Temporal's code for a history that the code at hand does not lead to. */
const ANOTHER_HISTORY = /TMPRL1100/;
const PATCH = /patch marker encountered for change ([\w-]+)/;
const TAKEN_BY_ANOTHER_RELEASE =
  'this worker cannot go on with a run that a worker of another release has worked on: nothing is lost, Temporal gives it ' +
  'to a worker that can; replace the workers of the older release, and for a way back see docs/runbook.md, Upgrades';

/** Sends the SDK's own log lines, including the core's, to pino. Call it once per process. */
export function installSdkLogger(logger: Logger): void {
  const level = logger.level === 'debug' || logger.level === 'trace' ? 'INFO' : 'WARN';
  Runtime.install({
    // The process decides when it ends (runtime/processes/stopping.ts): the SDK would swallow signals.
    shutdownSignals: [],
    logger: new DefaultLogger(level, (entry: LogEntry) => {
      const line = sdkLine(entry);
      if (line !== null) logger[LEVELS[entry.level]](line.fields, line.message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }) } },
  });
}

export interface SdkLine {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Null: the line is left out. A run that this build cannot go on with is told in words (decision 39). */
export function sdkLine({ message, meta = {} }: Pick<LogEntry, 'message' | 'meta'>): SdkLine | null {
  if (RETRIED_CALL.test(message)) return null;
  const { runId, failure } = meta as { readonly runId?: unknown; readonly failure?: unknown };
  if (typeof failure !== 'string' || !ANOTHER_HISTORY.test(failure)) return { fields: { sdk: true, ...meta }, message };
  const [, patch] = PATCH.exec(failure) ?? [];
  return { fields: { sdk: true, runId, ...(patch !== undefined && { patch }) }, message: TAKEN_BY_ANOTHER_RELEASE };
}
