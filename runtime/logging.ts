/** Logs of long-lived processes, by pino: JSON lines outside a terminal (design 7, `LOG_LEVEL`), never a secret. */
import { pino, type Logger } from 'pino';
import type { Redactor } from '../domain/redaction/redactor.js';

export interface LoggingOptions {
  readonly level: string;
  readonly isTerminal: boolean;
  /** The process's: it learns the secrets of a configuration that is read again. */
  readonly redactor: Redactor;
  /** @default stdout */
  readonly to?: 'stdout' | 'stderr';
}

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

export function createLogger({ level, isTerminal, redactor, to = 'stdout' }: LoggingOptions): Logger {
  const destination = FILE_DESCRIPTORS[to];
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: (line: string) => redactor.redact(line) },
  };
  if (!isTerminal) return pino(options, pino.destination({ fd: destination, sync: true }));
  return pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination } } });
}
