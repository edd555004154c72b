/**
 * Where a command writes and what it may know of its surroundings: handed in, so that tests can look at it.
 * Answers go to stdout, everything else (errors, notes, progress bars) to stderr: `--json` leaves stdout to programs.
 */
import pc from 'picocolors';

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Whether a person looks at stdout: tables get borders, else columns are separated by blanks alone. */
  readonly isTty: boolean;
  /** Whether a progress bar can be drawn on stderr. */
  readonly drawsProgress: boolean;
  /** Columns of stdout; null: unbounded. */
  readonly width: number | null;
  readonly colors: Colors;
  /** One line, or several at once. */
  print(text: string): void;
  /** A line on stderr. */
  note(text: string): void;
  /** From now on these values never reach an output. */
  conceal(secrets: readonly string[]): void;
}

export type Colors = ReturnType<typeof pc.createColors>;

export interface TerminalStreams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createTerminal({ stdout, stderr }: TerminalStreams, env: NodeJS.ProcessEnv, cwd: string): Terminal {
  const isTty = stdout.isTTY === true;
  const secrets: string[] = [];
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    stream.write(`${concealed(text, secrets)}\n`);
  };
  return {
    env,
    cwd,
    isTty,
    drawsProgress: stderr.isTTY === true,
    width: isTty ? stdout.columns : null,
    colors: pc.createColors(isColorful(env, isTty)),
    print: (text) => write(stdout, text),
    note: (text) => write(stderr, text),
    conceal: (more) => void secrets.push(...more),
  };
}

/** `NO_COLOR` with any value but the empty one says no (no-color.org); `FORCE_COLOR` says yes where nobody looks. */
export function isColorful(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return isTty && env['TERM'] !== 'dumb';
}

/** Very short secrets would tear every text to pieces. */
const SHORTEST_SECRET = 6;

export function concealed(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) safe = safe.replaceAll(secret, '[secret]');
  }
  return safe;
}
