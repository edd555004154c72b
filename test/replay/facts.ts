/** What a history shows of its run, read from its events alone: never from the name of its file. */
import type { Recorded, ReadEvent } from './histories.js';
import { historyOf, readEvents } from './histories.js';

export interface Facts {
  readonly file: string;
  readonly release: string;
  readonly workflow: string;
  /** Null: it was running when it was recorded. */
  readonly ended: 'completed' | 'continued-as-new' | 'failed' | null;
  /** It went on in the place of another run. */
  readonly continues: boolean;
  /** The phase that its row, or its search attribute, showed last. */
  readonly restsIn: string | null;
  /** All that was seen. */
  readonly phases: readonly string[];
  /** For which reasons an item was blocked, paused or waited, and a sweep was held back. */
  readonly reasons: readonly string[];
  readonly signals: readonly string[];
  /** Names of accepted updates. */
  readonly updates: readonly string[];
  /** Names of updates that were not answered yet. */
  readonly inFlight: readonly string[];
  readonly patches: readonly string[];
  /** Ordinary activities that were scheduled, and local ones that ended. */
  readonly activities: readonly string[];
  /** Ordinary activities that had not ended. */
  readonly underWay: readonly string[];
  /** A query came while a local activity was under way: its result and what follows stand in two workflow tasks. */
  readonly hasDividedTask: boolean;
  readonly isEncrypted: boolean;
}

export async function factsOf(recorded: Recorded): Promise<Facts> {
  const events = await readEvents(historyOf(recorded));
  const of = (type: string): readonly ReadEvent[] => events.filter((event) => event.type === type);
  const started = of('workflowExecutionStarted')[0]?.attributes as Started | undefined;
  const phases = events.flatMap(phasesIn);
  return {
    file: recorded.file,
    release: recorded.release,
    workflow: started?.workflowType?.name ?? '',
    ended: endOf(events),
    continues: Boolean(started?.continuedExecutionRunId),
    restsIn: phases.at(-1) ?? null,
    phases: [...new Set(phases)],
    reasons: [...new Set(events.flatMap(({ payloads }) => payloads.flatMap(reasonsIn)))],
    signals: unique(of('workflowExecutionSignaled').map(({ attributes }) => text(attributes['signalName']))),
    updates: unique(of('workflowExecutionUpdateAccepted').map(updateName)),
    inFlight: inFlight(of('workflowExecutionUpdateAccepted'), of('workflowExecutionUpdateCompleted')),
    patches: markersOf(events, 'core_patch').map(({ id }) => text(id)),
    activities: unique([
      ...of('activityTaskScheduled').map(activityName),
      ...markersOf(events, 'core_local_activity').map((marker) => text(marker['activity_type'])),
    ]),
    underWay: underWay(events),
    hasDividedTask: hasDividedTask(events),
    isEncrypted: events.some(({ isEncrypted }) => isEncrypted),
  };
}

interface Started {
  readonly workflowType?: { readonly name?: string };
  readonly continuedExecutionRunId?: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

const ENDS = {
  workflowExecutionCompleted: 'completed',
  workflowExecutionContinuedAsNew: 'continued-as-new',
  workflowExecutionFailed: 'failed',
} as const satisfies Readonly<Record<string, Facts['ended']>>;

function endOf(events: readonly ReadEvent[]): Facts['ended'] {
  const end = events.find(({ type }) => type in ENDS)?.type as keyof typeof ENDS | undefined;
  return end === undefined ? null : ENDS[end];
}

/** The states that steps return, and what the run says in its search attributes. */
function phasesIn({ type, attributes, payloads }: ReadEvent): readonly string[] {
  if (type === 'upsertWorkflowSearchAttributes') {
    const { indexedFields } = fields(attributes['searchAttributes']);
    const { data } = fields(fields(indexedFields)['CraftsyncPhase']);
    return data instanceof Uint8Array ? [JSON.parse(Buffer.from(data).toString()) as unknown].flat().map(text) : [];
  }
  return payloads.flatMap((payload) => {
    const { state } = fields(payload);
    // A submission's own words for its phase are not those of items: its search attribute has them.
    return 'next' in fields(state) ? [text(fields(state)['phase'])] : [];
  });
}

const MASS_CREATION = 'mass-creation';

function reasonsIn(payload: unknown): readonly string[] {
  const { state, wait, heldBack } = fields(payload);
  const found = [fields(state)['blockedBy'], fields(wait)['reason']].map(text).filter((reason) => reason !== '');
  return text(heldBack).startsWith(`${MASS_CREATION}:`) ? [...found, MASS_CREATION] : found;
}

function markersOf(events: readonly ReadEvent[], name: string): readonly Fields[] {
  return events
    .filter(({ type, attributes }) => type === 'markerRecorded' && attributes['markerName'] === name)
    .map(({ payloads }) => Object.assign({}, ...payloads.map(fields)) as Fields);
}

/** A patch is noted as a marker and a search attribute. */
const DIVIDED =
  /workflowTaskCompleted (?:core_patch upsertWorkflowSearchAttributes )*(?:core_local_activity )+workflowTaskScheduled workflowTaskStarted workflowTaskCompleted /;

function hasDividedTask(events: readonly ReadEvent[]): boolean {
  return DIVIDED.test(events.map(({ type, attributes }) => `${text(attributes['markerName']) || type} `).join(''));
}

const activityName = ({ attributes }: ReadEvent): string => text(fields(attributes['activityType'])['name']);

function underWay(events: readonly ReadEvent[]): readonly string[] {
  const ids = (pattern: RegExp): readonly string[] =>
    events.filter(({ type }) => pattern.test(type)).map(({ attributes }) => String(attributes['scheduledEventId']));
  const ended = ids(/^activityTask(?:Completed|Failed|TimedOut|Canceled)$/).length;
  const scheduled = events.filter(({ type }) => type === 'activityTaskScheduled').map(activityName);
  return scheduled.slice(scheduled.length - Math.max(0, scheduled.length - ended));
}

function updateName({ attributes }: ReadEvent): string {
  return text(fields(fields(attributes['acceptedRequest'])['input'])['name']);
}

function inFlight(accepted: readonly ReadEvent[], completed: readonly ReadEvent[]): readonly string[] {
  const answered = new Set(completed.map(({ attributes }) => text(fields(attributes['meta'])['updateId'])));
  return accepted
    .filter(({ attributes }) => !answered.has(text(fields(fields(attributes['acceptedRequest'])['meta'])['updateId'])))
    .map(updateName);
}
