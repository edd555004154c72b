/** Puts the SDK's own log lines into the worker's log. */
import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';
import type { Logger } from 'pino';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** A line a second for each call while Temporal is lost; the process itself says it in one a minute. */
const RETRIED_CALL = /^gRPC call \w+ retried \d+ times|^Network error while describing namespace/;

/** Sends the SDK's own log lines, including the core's, to pino. Call it once per process. */
export function installSdkLogger(logger: Logger): void {
  const level = logger.level === 'debug' || logger.level === 'trace' ? 'INFO' : 'WARN';
  Runtime.install({
    // The process decides when it ends (runtime/processes/stopping.ts): the SDK would swallow signals.
    shutdownSignals: [],
    logger: new DefaultLogger(level, (entry: LogEntry) => {
      if (RETRIED_CALL.test(entry.message)) return;
      logger[LEVELS[entry.level]]({ sdk: true, ...entry.meta }, entry.message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }) } },
  });
}
