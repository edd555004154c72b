/** All judges of a run. Each is a function of the record alone; `judges.test.ts` sees each fail. */
import type { RunRecord } from '../record/record.js';
import { overLimit, storms } from './calls.js';
import type { Finding, Judge } from './facts.js';
import { believedForged, readersWrite, touched } from './handsOff.js';
import { endedByItself, secretsShown } from './processes.js';
import { showsWrong, wentBack } from './progress.js';
import { lockedTooEarly, lost, notLocked, unlinked } from './resting.js';
import { rowsWithoutRun, runsEndWrongly, tasksFail } from './temporal.js';
import { createdTwice, repeatedUnasked } from './twice.js';

export type { Column, Finding } from './facts.js';

export const JUDGES: readonly Judge[] = [
  createdTwice,
  repeatedUnasked,
  lost,
  unlinked,
  notLocked,
  lockedTooEarly,
  wentBack,
  showsWrong,
  touched,
  readersWrite,
  believedForged,
  overLimit,
  storms,
  runsEndWrongly,
  tasksFail,
  rowsWithoutRun,
  endedByItself,
  secretsShown,
];

export function judge(record: RunRecord): readonly Finding[] {
  return JUDGES.flatMap((one) => one(record));
}
