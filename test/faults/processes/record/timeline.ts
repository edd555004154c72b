/** What happened on both sides, in order of time: for a person who looks into a run that failed. */
import type { RunRecord, SeenCall } from './record.js';

interface Line {
  readonly atMs: number;
  readonly who: string;
  readonly what: string;
}

const SHOWN_EVENTS = /started|completed|failed|terminated|timedOut|signaled|updateAccepted|continuedAsNew/i;
const LONGEST = 220;

export function timeline(record: RunRecord): string {
  const lines: Line[] = [
    ...record.deeds.map(({ atMs, who, what, ok }) => ({
      atMs,
      who: `! ${who}`,
      what: ok ? what : `${what} (refused)`,
    })),
    ...record.calls.map((call) => ({ atMs: call.atMs, who: call.side, what: callWords(call) })),
    ...record.log.map(({ at, craftItemId, step, outcome, attempt, detail }) => ({
      atMs: Date.parse(at),
      who: 'ledger',
      what: `${craftItemId ?? ''} ${step} ${outcome} (attempt ${attempt}) ${detail ?? ''}`,
    })),
    ...record.workflows.flatMap(({ workflowId, type, events }) =>
      type === 'itemSync'
        ? events
            .filter((event) => SHOWN_EVENTS.test(event.type) && !/^workflowTask(Started|Completed)/.test(event.type))
            .map((event) => ({ atMs: event.atMs, who: 'Temporal', what: `${workflowId} ${event.type}` }))
        : [],
    ),
    ...record.said.flatMap(({ process, line, atMs }) =>
      atMs === null ? [] : [{ atMs, who: process, what: messageOf(line) }],
    ),
    { atMs: record.liftedMs, who: '! run', what: 'everything is lifted' },
  ];
  return lines
    .sort((a, b) => a.atMs - b.atMs)
    .map(
      ({ atMs, who, what }) =>
        `${((atMs - record.startedMs) / 1_000).toFixed(3).padStart(8)}  ${who.padEnd(17)} ${what.slice(0, LONGEST)}`,
    )
    .join('\n');
}

function callWords(call: SeenCall): string {
  const { seq, kind, method, path, craftItemId, fault, status, told, endedMs, atMs, appliedMs, madeId } = call;
  const late = appliedMs !== null && appliedMs - atMs > 1_000 ? `, applied after ${appliedMs - atMs} ms` : '';
  const of = craftItemId === null ? '' : ` of ${craftItemId}`;
  const wire = fault === null ? '' : ` [${fault}]`;
  const made = madeId === null ? '' : ` made ${madeId}`;
  const values = kind === 'put' ? ` ${JSON.stringify(call.body)}` : '';
  return `#${seq} ${kind}${of} ${method} ${path.slice(0, 60)}${wire} → ${status ?? 'not asked'}, told ${told ?? 'nothing yet'} after ${(endedMs ?? atMs) - atMs} ms${late}${made}${values}`;
}

function messageOf(line: string): string {
  try {
    const { msg, level, ...rest } = JSON.parse(line) as { readonly msg?: string; readonly level?: unknown };
    const { time: _, pid: __, hostname: ___, ...facts } = rest as Record<string, unknown>;
    return `${String(level)} ${msg ?? ''} ${JSON.stringify(facts)}`;
  } catch {
    return line;
  }
}
