/** Reads what a run has left: both sides' stores, the ledger, Temporal, and what the processes said. */
import type { Stage } from '../actions/stage.js';
import type { CraftSide, DevSide, FieldIds, RunRecord, SeenWorkflow } from './record.js';
import { markerIn } from '../wire/classify.js';

const LOG_LIMIT = 5_000;
const READ_AT_ONCE = 10;

export async function collect(stage: Stage): Promise<RunRecord> {
  const { deployment } = stage;
  const [rows, log, workflows, pauses] = await Promise.all([
    deployment.ledger.links.list({}),
    deployment.ledger.log.read({ limit: LOG_LIMIT }),
    workflowsOf(stage),
    pausesOf(stage),
  ]);
  return {
    plan: stage.plan,
    startedMs: stage.startedMs,
    liftedMs: stage.liftedMs,
    endedMs: Date.now(),
    struck: [...stage.struck],
    mappings: stage.mappings,
    wanted: stage.wanted,
    // What is under way is still being written to.
    calls: structuredClone([...stage.proxy.calls]),
    deeds: [...stage.deeds].sort((a, b) => a.atMs - b.atMs),
    craft: craftSide(stage),
    dev: devSide(stage),
    rows,
    log,
    workflows,
    said: stage.said(),
    ended: stage.ended,
    fields: fieldIds(stage),
    pauses,
    secrets: stage.secrets,
  };
}

async function pausesOf({ deployment }: Stage): Promise<Readonly<Record<string, string>>> {
  const { connections } = deployment.ledger;
  const names = ['craft', 'km', 'pipeline:mobile'];
  const found = await Promise.all(names.map((name) => connections.paused(name)));
  return Object.fromEntries(found.flatMap((pause) => (pause === null ? [] : [[pause.connection, pause.message]])));
}

function fieldIds({ deployment: { sandbox } }: Stage): FieldIds {
  const id = (name: string): string => sandbox.world.craft.field(sandbox.craft.workspaceId, name)?.id ?? '';
  return { progress: id('dev_status'), lock: id('dev_lock'), state: id('dev_state') };
}

function craftSide({ deployment }: Stage): CraftSide[] {
  const { craft } = deployment.sandbox.world;
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return [...craft.items.values()].map((item) => {
    const status = craft.statuses.get(item.statusId ?? '')?.name ?? null;
    return {
      id: item.id,
      status,
      isReady: status === 'Ready for Development' && item.workspaceId === deployment.sandbox.craft.workspaceId,
      lock: text(craft.valueOf(item, 'dev_lock')),
      progress: text(craft.valueOf(item, 'dev_status')),
      key: text(craft.valueOf(item, 'dev_key')),
    };
  });
}

function devSide({ deployment }: Stage): DevSide[] {
  const { side } = deployment.sandbox.world.tools.kitemaker;
  return side.cards().map(({ id, key, status, description }) => ({ id, key, status, marker: markerIn(description) }));
}

async function workflowsOf({ deployment }: Stage): Promise<readonly SeenWorkflow[]> {
  const { client } = deployment.temporal;
  const listed = [];
  for await (const one of client.workflow.list()) listed.push(one);
  const seen: SeenWorkflow[] = [];
  const queue = listed.values();
  const lane = async (): Promise<void> => {
    for (const one of queue) {
      const { workflowId, runId, type, status, startTime, closeTime } = one;
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const all = events ?? [];
      const failedTasks = all.flatMap(({ eventTime, workflowTaskFailedEventAttributes: failed }) =>
        failed == null
          ? []
          : [{ atMs: msOf(eventTime), cause: causeOf(failed.cause), message: failed.failure?.message ?? '' }],
      );
      seen.push({
        workflowId,
        runId,
        type,
        status: status.name,
        startedMs: startTime.getTime(),
        closedMs: closeTime?.getTime() ?? null,
        failedTasks,
        events: all.map((event) => ({ atMs: msOf(event.eventTime), type: kindOf(event) })),
      });
    }
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, lane));
  return seen.sort((a, b) => a.startedMs - b.startedMs);
}

type Time = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

function msOf(time: Time): number {
  return Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
}

function causeOf(cause: number | null | undefined): string {
  return String(cause ?? 0);
}

/** `workflowExecutionSignaled`: the attributes of an event are named for its type. */
function kindOf(event: object): string {
  const name = Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value != null)?.[0];
  return (name ?? 'event').replace('EventAttributes', '');
}
