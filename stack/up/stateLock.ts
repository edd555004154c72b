/**
 * One `up` for a state folder. The lock names its process together with the moment that one started, so that a reused
 * process id is no false alarm, and a lock left by a crash is taken over.
 *
 * 1. A lock comes into being by `link`, which fails where one is: nobody ever sees half of one.
 * 2. A dead lock is moved away before a new one is made, and what was moved is looked at again: of two that take over
 *    at once, the later may have moved the new lock of the earlier, and puts it back.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { isAlive, readRecord, recordOf } from '../processRecord.js';
import { StackError } from '../stackError.js';

export interface StateLock {
  release(): void;
}

const ATTEMPTS = 5;

/** Throws `StackError` that names the process which holds the folder. */
export function lockState(stateDir: string): StateLock {
  mkdirSync(stateDir, { recursive: true });
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
  throw new StackError(`${file} keeps changing: another craftsync up is starting there; look again in a few seconds`);
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
