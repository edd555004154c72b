/**
 * Logs of long-lived processes, by pino: JSON lines outside a terminal (design 7, `LOG_LEVEL`), never a secret, and
 * nothing that a terminal would obey.
 */
import { Writable } from 'node:stream';
import { pino, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Redactor } from '../domain/redaction/redactor.js';
import { printable, printableJson } from '../domain/rules/printable.js';

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
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    hooks: { streamWrite: (line: string) => `${printableJson(JSON.parse(line), (text) => redactor.redact(text))}\n` },
  };
  if (!isTerminal) return pino(options, pino.destination({ fd: FILE_DESCRIPTORS[to], sync: true }));
  return pino(options, forPeople(process[to]));
}

/** In this thread, not as a transport: what pino-pretty makes of a line holds the controls that JSON had escaped. */
export function forPeople(stream: NodeJS.WritableStream): Writable {
  const pretty = prettyFactory({ ignore: 'pid,hostname' });
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      stream.write(printable(pretty(line), { colors: true }));
      done();
    },
  });
}
