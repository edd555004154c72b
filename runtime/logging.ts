/** Logs of long-lived processes, by pino: JSON lines outside a terminal (design 7, `LOG_LEVEL`), never a secret. */
import { pino, type Logger } from 'pino';

export interface LoggingOptions {
  readonly level: string;
  readonly isTerminal: boolean;
  /** Replaced wherever they would appear in a line. */
  readonly secrets: () => readonly string[];
  /** @default stdout */
  readonly to?: 'stdout' | 'stderr';
}

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

export function createLogger({ level, isTerminal, secrets, to = 'stdout' }: LoggingOptions): Logger {
  const destination = FILE_DESCRIPTORS[to];
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: (line: string) => redact(line, secrets()) },
  };
  if (!isTerminal) return pino(options, pino.destination({ fd: destination, sync: true }));
  return pino({ ...options, transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', destination } } });
}

function redact(line: string, secrets: readonly string[]): string {
  let text = line;
  for (const secret of secrets) if (secret.length > 0) text = text.replaceAll(secret, '[redacted]');
  return text;
}
