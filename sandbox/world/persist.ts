/**
 * Keeps the state of the sandbox over restarts: a snapshot, and a journal of the rows replaced since.
 *
 * The server appends to the journal before an answer goes out, so a killed process loses nothing that it had answered
 * (a machine that loses power may lose a moment: nothing is synced to disk). Other changes follow at the end of the
 * same turn of the event loop. The snapshot is written beside the old one and renamed. Replaying a journal over a newer
 * snapshot gives the same state, since each line holds a whole row.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { World } from './world.js';

const FORMAT = 1;
/** When the journal has grown to this, a new snapshot replaces it. */
const JOURNAL_LIMIT_BYTES = 64 * 1024 * 1024;

interface Snapshot {
  readonly format: number;
  readonly tables: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

interface JournalLine {
  readonly t: string;
  readonly id: string;
  /** Null: removed. */
  readonly r: unknown;
}

export interface OpenState {
  /** When this returns, all changes so far are in the journal. */
  flush(): void;
  /** Writes a snapshot and closes the files. */
  close(): void;
}

/** Loads the kept state into the (empty) world, and keeps every change from then on. */
export function openState(file: string, world: World): OpenState {
  const journalFile = `${file}.journal`;
  mkdirSync(dirname(file), { recursive: true });
  readSnapshot(file, world);
  readJournal(journalFile, world);
  writeSnapshot(file, world);
  rmSync(journalFile, { force: true });

  let journal = openSync(journalFile, 'a', 0o600);
  let bytes = 0;
  let pending: string[] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    const text = pending.join('');
    pending = [];
    bytes += writeSync(journal, text);
    if (bytes > JOURNAL_LIMIT_BYTES) compact();
  };
  const compact = (): void => {
    writeSnapshot(file, world);
    closeSync(journal);
    journal = openSync(journalFile, 'w', 0o600);
    bytes = 0;
  };
  let open = true;
  world.base.observe(({ table, id, record }) => {
    if (!open) return;
    // One write for all rows that one request (or a seeding of thousands) replaces.
    if (pending.length === 0) queueMicrotask(flush);
    const line: JournalLine = { t: table, id, r: record };
    pending.push(`${JSON.stringify(line)}\n`);
  });
  return {
    flush,
    close: () => {
      if (!open) return;
      open = false;
      pending = [];
      compact();
      closeSync(journal);
    },
  };
}

function readSnapshot(file: string, world: World): void {
  if (!existsSync(file)) return;
  const snapshot = JSON.parse(readFileSync(file, 'utf8')) as Snapshot;
  if (snapshot.format !== FORMAT)
    throw new Error(`${file} is of format ${snapshot.format}, this release reads ${FORMAT}`);
  for (const [name, rows] of Object.entries(snapshot.tables)) {
    for (const row of rows) world.base.tables.get(name)?.restore(row.id, row);
  }
}

function readJournal(file: string, world: World): void {
  if (!existsSync(file)) return;
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = parseLine(text);
    // A kill cut this line off; its request was never answered.
    if (line === null) return;
    world.base.tables.get(line.t)?.restore(line.id, line.r as { id: string } | null);
  }
}

function parseLine(text: string): JournalLine | null {
  try {
    return JSON.parse(text) as JournalLine;
  } catch {
    return null;
  }
}

function writeSnapshot(file: string, world: World): void {
  const tables = Object.fromEntries([...world.base.tables].map(([name, table]) => [name, [...table.values()]]));
  const snapshot: Snapshot = { format: FORMAT, tables };
  const half = `${file}.${process.pid}.new`;
  writeFileSync(half, JSON.stringify(snapshot), { mode: 0o600 });
  renameSync(half, file);
}
