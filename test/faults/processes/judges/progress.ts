/** I3 and I4: Craft.io shows what the tool says, never an older state after a newer one, and no change is missed. */
import type { RunRecord } from '../record/record.js';
import { factsOf, valuesIn, waitsVisibly, type Finding, type ItemFacts } from './facts.js';

interface State {
  readonly atMs: number;
  readonly status: string;
}

/** Clocks of one machine, and a call that is noted a moment after it was carried out. */
const SLACK_MS = 250;
const FIRST_STATUS = 'To do';

/** The states of its dev items, in order. */
function statesOf({ creates, deeds }: ItemFacts): readonly State[] {
  const made = creates.flatMap(({ appliedMs, forwardedMs, madeId }) =>
    madeId === null ? [] : [{ atMs: forwardedMs ?? appliedMs ?? 0, status: FIRST_STATUS }],
  );
  const moved = deeds.flatMap(({ atMs, status }) => (status === undefined ? [] : [{ atMs, status }]));
  return [...made, ...moved].sort((a, b) => a.atMs - b.atMs);
}

function shows({ mappings }: RunRecord, status: string, value: unknown): boolean {
  return mappings.some((mapping) => (mapping[status] ?? status) === value);
}

export function wentBack(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap((facts) => {
    const states = statesOf(facts);
    const carried = facts.puts
      .filter((put) => put.appliedMs !== null && valuesIn(put).has(record.fields.progress))
      .sort((a, b) => (a.appliedMs ?? 0) - (b.appliedMs ?? 0));
    let at = 0;
    for (const put of carried) {
      const value = valuesIn(put).get(record.fields.progress);
      const found = states.findIndex(
        (state, index) =>
          index >= at && shows(record, state.status, value) && state.atMs <= (put.appliedMs ?? 0) + SLACK_MS,
      );
      if (found === -1)
        return [wrong('I3 went back', facts, `call ${put.seq} shows ${String(value)}: ${historyOf(states, at)}`)];
      at = found;
    }
    return [];
  });
}

function historyOf(states: readonly State[], at: number): string {
  return `the tool's states were ${states.map(({ status }) => status).join(', ')}, and number ${at + 1} had been shown`;
}

export function showsWrong(record: RunRecord): readonly Finding[] {
  return factsOf(record).flatMap((facts) => {
    const { row, craft, dev } = facts;
    if (row === null || craft === null || (row.phase !== 'following' && row.phase !== 'settling')) return [];
    if (facts.did('craft-moved')) return [];
    const status = dev.find(({ id }) => id === row.devItemId)?.status;
    if (status === undefined) return [];
    const wanted = record.mappings.at(-1)?.[status] ?? status;
    const waits = (row.blockedUntil !== null || row.blockedBy !== null) && waitsVisibly(record, facts);
    if (craft.progress === wanted || waits) return [];
    return [
      wrong('I4 shows wrong', facts, `the tool says ${status}, and Craft.io shows ${craft.progress ?? 'nothing'}`),
    ];
  });
}

function wrong(check: string, { id }: ItemFacts, words: string): Finding {
  return { check, column: 'wrong progress', craftItemId: id, words };
}
