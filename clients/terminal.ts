/**
 * Where a command writes, and its environment. It is passed in, so that tests can read what was written.
 * Answers go to stdout, everything else (errors, notes, progress bars) to stderr: `--json` leaves stdout to programs.
 * Nothing that is written makes a terminal do anything but show it.
 */
import pc from 'picocolors';
import { environmentSecrets } from '../config/secretValues.js';
import { createRedactor, type Redactor } from '../domain/redaction/redactor.js';
import { printable, printableJson } from '../domain/rules/printable.js';

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether stdout is a terminal: tables get borders there; elsewhere only blanks separate their columns. */
  readonly isTty: boolean;
  /** Whether a progress bar can be drawn on stderr. */
  readonly drawsProgress: boolean;
  /** Columns of stdout; null: unbounded. */
  readonly width: number | null;
  readonly colors: Colors;
  /** One line, or several at once. */
  print(text: string): void;
  /** A value for programs, on one line. */
  json(value: unknown): void;
  /** A line on stderr. */
  note(text: string): void;
  /** The process's: what it is told is taken out of everything that is written from then on. */
  readonly redactor: Redactor;
}

export type Colors = ReturnType<typeof pc.createColors>;

export interface TerminalStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createTerminal({ stdout, stderr }: TerminalStreams, env: NodeJS.ProcessEnv, cwd: string): Terminal {
  const isTty = stdout.isTTY === true;
  const redactor = createRedactor(environmentSecrets(env));
  const colors = pc.createColors(isColorful(env, isTty));
  const show = (text: string): string => printable(text, { colors: colors.isColorSupported });
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    stream.write(`${redactor.redact(text)}\n`);
  };
  return {
    env,
    cwd,
    isTty,
    drawsProgress: stderr.isTTY === true,
    width: isTty ? stdout.columns : null,
    colors,
    print: (text) => write(stdout, show(text)),
    json: (value) => void stdout.write(`${printableJson(value, (text) => redactor.redact(text))}\n`),
    note: (text) => write(stderr, show(text)),
    redactor,
  };
}

/** `NO_COLOR` with any value but the empty one says no (no-color.org); `FORCE_COLOR` says yes in a pipe too. */
export function isColorful(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTty && env['TERM'] !== 'dumb';
}
