/** `status` without an item: what needs a person first, then phases and counts, then the sweeps and their intervals. */
import { REASON_TEXTS } from '../../domain/reasons.js';
import type { Submission } from '../../domain/feedback.js';
import type { ItemLink } from '../../domain/link.js';
import { PHASES } from '../../domain/phases.js';
import { aboutWords, type ConnectionBudget, type StretchedSweep } from '../../domain/rules/budget.js';
import { configuredSweeps } from '../../domain/rules/sweeps.js';
import type { Settings } from '../../domain/settings.js';
import { isTelling, SILENCE_ADVICE, silenceWords, type Silence } from '../../domain/rules/webhookSilence.js';
import type { ConnectionPause, Ledger, OpenComparison, SweepRecord } from '../../ledger/ledger.js';
import { timeOf } from '../log.js';
import { counted, durationWords, renderTable, type Cell } from '../tables.js';
import type { Terminal } from '../terminal.js';
import { attentionOf, isInTrouble, type Attention } from './attention.js';
import { budgetsOf, renderBudgets } from './budget.js';
import { cannotBeCompared, uncomparedAdvice, uncomparedWords } from './uncompared.js';

export interface Overview {
  /** Rows that may need a person: of a large ledger only these are read. */
  readonly links: readonly ItemLink[];
  /** Of all rows. */
  readonly counts: readonly PhaseCount[];
  readonly paused: readonly ConnectionPause[];
  readonly sweeps: readonly SweepRecord[];
  /** Dev tools whose webhooks no longer come. */
  readonly silences?: readonly Silence[];
  /** Pipelines whose markers are not compared with the ledger. */
  readonly comparisons?: readonly OpenComparison[];
  /** @default none is shown */
  readonly budgets?: readonly ConnectionBudget[];
  readonly settings: Settings;
  /** Feedback that is not submitted yet. */
  readonly submissions: readonly Submission[];
  /** Null: all pipelines. */
  readonly pipeline: string | null;
}

export type PhaseCount = Awaited<ReturnType<Ledger['links']['countByPhase']>>[number];

/** A longer list is cut: the rest is in `--json`. */
const MOST_SHOWN = 50;

export function renderOverview(terminal: Terminal, overview: Overview): string {
  const sweeps = sweepsShown(overview.settings, overview.pipeline);
  const parts = [
    renderRefused(terminal, overview),
    renderConnections(terminal, overview.paused),
    renderHeldBack(terminal, overview.sweeps, sweeps),
    renderTrouble(terminal, overview.sweeps, sweeps),
    renderAttention(terminal, overview),
    renderSubmissions(terminal, overview),
    renderPhases(terminal, overview),
    renderSweeps(terminal, overview, sweeps),
    titled(terminal, 'Budget of calls', renderBudgets(terminal, budgetsShown(overview))),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function titled({ colors }: Terminal, title: string, table: string): string {
  return table === '' ? '' : `${colors.bold(title)}\n${table}`;
}

/** One row for all items of the pipeline that wait for it. */
function renderRefused(terminal: Terminal, { paused, links, pipeline: shown }: Overview): string {
  const rows = paused.flatMap(({ refused, since, message }): Cell[][] => {
    if (refused === undefined || (shown !== null && shown !== refused.pipeline)) return [];
    const { pipeline } = refused;
    const waiting = links.filter((link) => link.pipeline === pipeline && link.blockedBy === 'pipeline-paused').length;
    const advice = `correct it in the tool, in Craft.io or in the configuration; it is tried each minute, at once with craftsync resume ${pipeline}`;
    return [[pipeline, timeOf(since), waiting, message, advice]];
  });
  const head = ['pipeline', 'since (UTC)', 'items waiting', 'why', 'what to do'];
  return titled(terminal, 'Paused pipelines', renderTable(terminal, head, rows));
}

function renderConnections(terminal: Terminal, all: readonly ConnectionPause[]): string {
  const paused = all.filter(({ refused }) => refused === undefined);
  const rows = paused.map(({ connection, reason, message, since }) => [
    connection,
    reason,
    timeOf(since),
    message,
    reason === 'mass-deletion'
      ? `if the deletions are meant: craftsync resume ${connection}`
      : `craftsync check; craftsync resume ${connection} retries at once`,
  ]);
  const head = ['connection', 'paused by', 'since (UTC)', 'why', 'what to do'];
  return titled(terminal, 'Paused connections', renderTable(terminal, head, rows));
}

function renderHeldBack(
  terminal: Terminal,
  sweeps: readonly SweepRecord[],
  shown: ReadonlyMap<string, number>,
): string {
  const rows = sweeps
    .filter(({ scheduleId, heldBack }) => heldBack !== null && shown.has(scheduleId))
    .map(({ scheduleId, heldBack }) => [scheduleId, heldBack]);
  return titled(terminal, 'Held-back sweeps', renderTable(terminal, ['sweep', 'why'], rows));
}

/** Sweeps that fail, and sweeps that found entries that they could not read. */
function renderTrouble(terminal: Terminal, sweeps: readonly SweepRecord[], shown: ReadonlyMap<string, number>): string {
  const rows = sweeps
    .filter(({ scheduleId }) => shown.has(scheduleId))
    .flatMap(({ scheduleId, trouble, troubleSince, endedAt, result }): Cell[][] => [
      ...(trouble === null ? [] : [[scheduleId, timeOf(troubleSince ?? ''), trouble]]),
      ...problemsIn(result).map((problem) => [scheduleId, timeOf(endedAt ?? ''), `not readable: ${problem}`]),
    ]);
  return titled(terminal, 'Sweeps in trouble', renderTable(terminal, ['sweep', 'since (UTC)', 'why'], rows));
}

function problemsIn(result: SweepRecord['result']): readonly string[] {
  const problems = result?.['problems'];
  return Array.isArray(problems) ? problems.map(String) : [];
}

function renderAttention(terminal: Terminal, overview: Overview): string {
  const { links, counts } = overview;
  const needs = [...uncomparedRows(overview), ...silentRows(overview), ...links.flatMap(attentionOf).map(attentionRow)];
  const rows = needs.slice(0, MOST_SHOWN);
  const head = ['item', 'pipeline', 'what', 'why', 'what to do'];
  const table = renderTable(terminal, head, rows);
  const more = needs.length > MOST_SHOWN ? `\nand ${needs.length - MOST_SHOWN} more: craftsync status --json` : '';
  if (needs.length === 0) return counts.length === 0 || needsElsewhere(overview) ? '' : 'Nothing needs a person.';
  return titled(
    terminal,
    `${counted(needs.length, 'thing')} that ${needs.length === 1 ? 'needs' : 'need'} a person`,
    table + more,
  );
}

/** What the tables above name needs a person, too. */
function needsElsewhere({ paused, sweeps, settings, pipeline }: Overview): boolean {
  const shown = sweepsShown(settings, pipeline);
  const isStuck = ({ scheduleId, heldBack, trouble }: SweepRecord): boolean =>
    shown.has(scheduleId) && (heldBack !== null || trouble !== null);
  return paused.length > 0 || sweeps.some(isStuck);
}

/** Only dev tools of the pipelines that this view shows. */
function silentRows({ silences = [], settings, pipeline }: Overview): Cell[][] {
  const shown = Object.values(settings.pipelines).filter(({ name }) => pipeline === null || name === pipeline);
  return silences
    .filter((silence) => isTelling(silence) && shown.some(({ devTool }) => devTool === silence.devTool))
    .map((silence) => [silence.devTool, '', 'webhooks gone silent', silenceWords(silence), SILENCE_ADVICE]);
}

/** One row for all items of the pipeline that wait for it. */
function uncomparedRows({ comparisons = [], pipeline: shown }: Overview): Cell[][] {
  return comparisons.filter(cannotBeCompared).flatMap(({ pipeline, devTool, trouble }): Cell[][] => {
    if (trouble === null || (shown !== null && shown !== pipeline)) return [];
    const advice = sentence(uncomparedAdvice(devTool));
    return [[devTool, pipeline, `not compared (${trouble.reason})`, uncomparedWords(devTool, trouble.why), advice]];
  });
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function attentionRow({ link, what, why, advice }: Attention): Cell[] {
  return [link.craftShortId ?? link.craftItemId, link.pipeline, what, why, advice];
}

/** Feedback on its way to a portal: what needs a person, and how much is still under way. */
function renderSubmissions(terminal: Terminal, { submissions, pipeline }: Overview): string {
  if (pipeline !== null || submissions.length === 0) return '';
  const blocked = submissions.filter(({ blockedBy, blockedUntil }) => blockedBy !== null && blockedUntil === null);
  const rows = blocked.slice(0, MOST_SHOWN).map(({ ref, portal, intake, blockedBy, lastError }) => {
    const advice = blockedBy === null ? '' : REASON_TEXTS[blockedBy].advice;
    return [ref, intake ?? 'feedback submit', portal, blockedBy, lastError, advice];
  });
  const table = renderTable(terminal, ['feedback', 'intake', 'portal', 'blocked by', 'why', 'what to do'], rows);
  const rest = submissions.length - blocked.length;
  const words = rest === 0 ? '' : `${counted(rest, 'submission')} of feedback under way`;
  return titled(terminal, 'Feedback for Craft.io', [table, words].filter((part) => part !== '').join('\n'));
}

function renderPhases(terminal: Terminal, { counts, settings, pipeline }: Overview): string {
  if (counts.length === 0) {
    const next = pipeline ?? Object.keys(settings.pipelines)[0] ?? '<pipeline>';
    return `No items yet: craftsync preview ${next} shows what a sweep would create, craftsync sweep ${next} does it.`;
  }
  const pipelines = [...new Set(counts.map((count) => count.pipeline))];
  const rows = pipelines.flatMap((name) =>
    PHASES.flatMap((phase): Cell[][] => {
      const inPhase = counts.filter((count) => count.pipeline === name && count.phase === phase);
      return inPhase.length === 0 ? [] : [[name, phase, sumOf(inPhase), waitingWords(inPhase)]];
    }),
  );
  const removed = pipelines.filter((name) => !Object.hasOwn(settings.pipelines, name));
  const note = removed.length === 0 ? '' : `\nno longer configured: ${removed.join(', ')}`;
  return `${renderTable(terminal, ['pipeline', 'phase', 'items', 'waiting'], rows)}${note}`;
}

function waitingWords(inPhase: readonly PhaseCount[]): string {
  const waiting = inPhase.filter(isInTrouble);
  if (waiting.length === 0) return '';
  return `${sumOf(waiting)} (${waiting.map(({ blockedBy }) => blockedBy).join(', ')})`;
}

function sumOf(counts: readonly PhaseCount[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Schedule id → configured interval in milliseconds, for the sweeps that this view shows. */
function sweepsShown(settings: Settings, pipeline: string | null): ReadonlyMap<string, number> {
  if (pipeline === null) return everyOf(settings);
  const only = Object.entries(settings.pipelines).filter(([name]) => name === pipeline);
  return everyOf({ ...settings, pipelines: Object.fromEntries(only), intakes: {} });
}

function everyOf(settings: Settings): ReadonlyMap<string, number> {
  return new Map(configuredSweeps(settings).map(({ scheduleId, everyMs }) => [scheduleId, everyMs]));
}

function budgetsShown({ budgets = [], settings, pipeline }: Overview): readonly ConnectionBudget[] {
  return budgetsOf(budgets, settings, pipeline);
}

function renderSweeps(terminal: Terminal, overview: Overview, shown: ReadonlyMap<string, number>): string {
  const { sweeps } = overview;
  const stretched = new Map(
    budgetsShown(overview).flatMap((budget) => budget.stretched.map((one) => [one.scheduleId, one] as const)),
  );
  const records = new Map(sweeps.map((record) => [record.scheduleId, record]));
  const rows = [...shown].map(([scheduleId, everyMs]) => {
    const record = records.get(scheduleId);
    const ended = record === undefined ? 'never run' : record.endedAt === null ? 'not yet' : timeOf(record.endedAt);
    return [
      scheduleId,
      intervalWords(everyMs, stretched.get(scheduleId)),
      ended,
      record === undefined ? '' : resultWords(record),
    ];
  });
  return renderTable(terminal, ['sweep', 'every', 'last end (UTC)', 'result'], rows);
}

/** As configured, and as it is in force. */
function intervalWords(everyMs: number, stretched: StretchedSweep | undefined): string {
  const configured = durationWords(everyMs);
  if (stretched === undefined) return configured;
  const { inForceMs } = stretched;
  return `${configured}, now ${inForceMs === null ? 'none' : `about ${aboutWords(inForceMs)}`}`;
}

function resultWords({ result, heldBack, trouble }: SweepRecord): string {
  if (trouble !== null) return 'in trouble';
  if (heldBack !== null) return 'held back';
  return Object.entries(result ?? {})
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${String(value)} ${name}`)
    .join(', ');
}
