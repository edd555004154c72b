/**
 * Allows one `up` for each state folder. The lock records its process (processRecord.ts), so that a reused process id
 * is no false alarm, and a lock left by a crash is taken over.
 *
 * 1. `link` creates a lock and fails where there is one: nobody ever sees half a lock.
 * 2. A dead lock is moved aside before a new one is created, and is checked again once moved: of two processes that
 *    take over at once, the later one may have moved the new lock of the earlier one, and puts it back.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAlive, readRecord, recordOf } from '../processRecord.js';
import { StackError } from '../stackError.js';
import { OWNER_ONLY_FOLDER } from '../stateModes.js';

export interface StateLock {
  release(): void;
}

const ATTEMPTS = 5;

/** Throws a `StackError` that names the process that holds the folder. */
export function lockState(stateDir: string): StateLock {
  mkdirSync(stateDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const file = join(stateDir, 'up.pid');
  const own = join(stateDir, `up.pid.${process.pid}`);
  writeFileSync(own, `${JSON.stringify(recordOf(process.pid))}\n`, { mode: 0o600 });
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (tryLink(own, file)) return { release: () => releaseIfOwn(file) };
      refuseIfHeld(file, stateDir);
      moveDeadLock(file, stateDir);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new StackError(`${file} keeps changing: another craftsync up is starting there; try again in a few seconds`);
}

function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function refuseIfHeld(file: string, stateDir: string): void {
  const holder = readRecord(file);
  if (holder === null || !isAlive(holder)) return;
  throw new StackError(
    `craftsync up is already running on ${stateDir} (process ${holder.pid}); ` +
      'use that one, stop it, or choose another folder with --state',
  );
}

function moveDeadLock(file: string, stateDir: string): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // Somebody else moved it.
  }
  const moved = readRecord(aside);
  if (moved !== null && isAlive(moved)) tryLink(aside, file);
  rmSync(aside, { force: true });
  refuseIfHeld(file, stateDir);
}

function releaseIfOwn(file: string): void {
  try {
    if (readFileSync(file, 'utf8') === `${JSON.stringify(recordOf(process.pid))}\n`) rmSync(file);
  } catch {
    // It is gone already.
  }
}
