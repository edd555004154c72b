/** Explains why a Temporal server did not start, from its output, in one line that says what to do. Pure. */

export interface FailedStart {
  /** What was seen from outside, e.g. `it ended (exit code 1)`. */
  readonly failure: string;
  /** The last lines that the server wrote. */
  readonly lines: readonly string[];
  /** Null: in memory. */
  readonly databaseFile: string | null;
  readonly port: number;
}

export interface Explanation {
  readonly portTaken: boolean;
  readonly message: string;
}

const PORT_TAKEN = /address already in use|can't (bind|set) .*port|port .* (is )?(already )?in use/i;
const DISK_FULL = /no space left on device|database or disk is full|disk quota exceeded/i;
const READ_ONLY = /readonly database|permission denied|unable to open database file/i;
const DATABASE_UNFIT =
  /file is not a database|malformed|schema version|version mismatch|no such (table|column)|already exists: SQL logic/i;
const DATABASE_BUSY = /database is locked/i;

export function explainExit(start: FailedStart): Explanation {
  const text = start.lines.join('\n');
  const said = `the Temporal server did not start: ${start.failure}`;
  const file = start.databaseFile ?? 'its database';
  if (PORT_TAKEN.test(text)) {
    return explained(
      `${said}; port ${start.port} or one beside it is in use; choose another with --temporal-port and --ui-port`,
      true,
    );
  }
  if (DISK_FULL.test(text)) {
    return explained(`${said}; no disk space is left for ${file}; free some, or choose another folder with --state`);
  }
  if (DATABASE_BUSY.test(text)) {
    return explained(`${said}; another process uses ${file}; stop it, or choose another folder with --state`);
  }
  if (READ_ONLY.test(text)) {
    return explained(
      `${said}; ${file} cannot be written; correct its permissions, or choose another folder with --state`,
    );
  }
  if (DATABASE_UNFIT.test(text)) {
    return explained(
      `${said}; ${file} is damaged or was written by another version of Temporal; ` +
        'move that file away (the ledger is not in it, and workflows start again from the ledger), or run the version that wrote it',
    );
  }
  const last = start.lines.filter((line) => line.trim() !== '').at(-1);
  return explained(
    `${said}${last === undefined ? '' : `; its last line: ${last.slice(0, 300)}`}; run \`craftsync up\` again, and see its log`,
  );
}

function explained(message: string, portTaken = false): Explanation {
  return { portTaken, message };
}
