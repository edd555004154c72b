/** Logs of a worker process: pino, the SDK's too; one JSON line each outside a terminal (DESIGN 7, `LOG_LEVEL`). */
import { DefaultLogger, Runtime, makeTelemetryFilterString, type LogEntry } from '@temporalio/worker';
import { pino, type Logger } from 'pino';

export interface LoggingOptions {
  readonly level: string;
  readonly isTerminal: boolean;
  /** Never shown, wherever they would turn up in a message. */
  readonly secrets: () => readonly string[];
}

export function createLogger({ level, isTerminal, secrets }: LoggingOptions): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: (line) => redact(line, secrets()) },
    ...(isTerminal && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }),
  });
}

function redact(line: string, secrets: readonly string[]): string {
  let text = line;
  for (const secret of secrets) if (secret.length > 0) text = text.replaceAll(secret, '[redacted]');
  return text;
}

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Sends the SDK's own log lines, the core's among them, to pino. Once per process. */
export function installSdkLogger(logger: Logger): void {
  const level = logger.level === 'debug' || logger.level === 'trace' ? 'INFO' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(level, (entry: LogEntry) => {
      logger[LEVELS[entry.level]]({ sdk: true, ...entry.meta }, entry.message);
    }),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }) } },
  });
}
