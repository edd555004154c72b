/**
 * `sweep` and `progress` (design 7): run a sweep by hand and wait for it. Only one by hand runs at a time: a second
 * call waits for the first one's result. Without a worker, the command says so after ten seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { SingleBar } from 'cli-progress';
import { byHandWorkflowId, progressSweepScheduleId, readySweepScheduleId, TASK_QUEUE } from '../domain/ids.js';
import {
  PROGRESS_SWEEP_WORKFLOW,
  READY_SWEEP_WORKFLOW,
  sweepProgressQuery,
  type ProgressSweepInput,
  type ProgressSweepResult,
  type ReadySweepInput,
  type ReadySweepResult,
  type SweepProgress,
} from '../domain/messages.js';
import { SEARCH_ATTRIBUTES } from '../domain/searchAttributes.js';
import { CommandFailure } from './failure.js';
import {
  openConfiguration,
  requireDevTool,
  requirePipeline,
  withTemporal,
  type CommandContext,
  type OpenedTemporal,
} from './resources.js';
import { counted } from './tables.js';
import type { Terminal } from './terminal.js';
import type { Ask } from './workerPresence.js';

export async function sweep(
  context: CommandContext,
  pipeline: string,
  options: { readonly all: boolean; readonly json: boolean },
): Promise<void> {
  const { deployment, settings } = openConfiguration(context);
  requirePipeline(settings, pipeline);
  const input: ReadySweepInput = { pipeline, byHand: true, ...(options.all && { all: true }) };
  const run = {
    workflow: READY_SWEEP_WORKFLOW,
    scheduleId: readySweepScheduleId(pipeline),
    input,
    attributes: [{ key: SEARCH_ATTRIBUTES.pipeline, value: pipeline }],
    unit: 'items',
  };
  await withTemporal(deployment, async (opened) => {
    let result = await runByHand<ReadySweepResult>(opened, context.terminal, run);
    // What held back was a run that was already under way, started without `--all`: run it again.
    if (options.all && result.heldBack !== undefined) result = await runByHand(opened, context.terminal, run);
    showSweep(context.terminal, result, options.json);
  });
}

function showSweep({ print, json: printJson }: Terminal, result: ReadySweepResult, json: boolean): void {
  const { found, started, known, failed, heldBack, problems } = result;
  const more = { ...(heldBack !== undefined && { heldBack }), ...(problems !== undefined && { problems }) };
  if (json) printJson({ found, started, known, failed, ...more });
  else if (heldBack === undefined) {
    print(`${counted(found, 'item')} ready: ${started} started, ${known} already known, ${failed} failed`);
  }
  if (heldBack !== undefined) throw new CommandFailure(heldBack);
  if (failed > 0) {
    throw new CommandFailure(
      `${counted(failed, 'item')} could not be started: ` +
        (problems?.join('; ') ?? 'craftsync status and the sweep in the Temporal UI say why'),
    );
  }
}

export async function progress(
  context: CommandContext,
  devTool: string,
  options: { readonly json: boolean },
): Promise<void> {
  const { deployment, settings } = openConfiguration(context);
  requireDevTool(settings, devTool);
  const input: ProgressSweepInput = { devTool, byHand: true };
  await withTemporal(deployment, async (opened) => {
    const run = {
      workflow: PROGRESS_SWEEP_WORKFLOW,
      scheduleId: progressSweepScheduleId(devTool),
      input,
      attributes: [{ key: SEARCH_ATTRIBUTES.devTool, value: devTool }],
      unit: 'feeds',
    };
    let result = await runByHand<ProgressSweepResult>(opened, context.terminal, run);
    // What was stretched was a run that was already under way, started for a webhook: run it again.
    if (result.stretched !== undefined) result = await runByHand(opened, context.terminal, run);
    const { read, changed, signalled } = result;
    if (options.json) context.terminal.json({ read, changed, signalled });
    else
      context.terminal.print(
        `${counted(read, 'dev item')} read: ${changed} changed, ${counted(signalled, 'item')} woken`,
      );
  });
}

interface ByHand {
  readonly workflow: string;
  readonly scheduleId: string;
  readonly input: ReadySweepInput | ProgressSweepInput;
  readonly attributes: SearchAttributePair[];
  /** What the progress bar counts. */
  readonly unit: string;
}

async function runByHand<T>({ client, presence }: OpenedTemporal, terminal: Terminal, run: ByHand): Promise<T> {
  const handle = await client.workflow.start(run.workflow, {
    workflowId: byHandWorkflowId(run.scheduleId),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: TASK_QUEUE,
    args: [run.input],
    typedSearchAttributes: new TypedSearchAttributes(run.attributes),
    staticSummary: 'by hand',
    memo: { startedBy: 'command' },
  });
  const { workflowId } = handle;
  const ask: Ask<SweepProgress> = {
    workflowId,
    query: (asking) => asking.workflow.getHandle(workflowId).query(sweepProgressQuery),
  };
  const bar = terminal.drawsProgress ? startBar(() => presence.answer(ask), run.unit) : null;
  try {
    return await presence.whileWorkerRuns(client, () => handle.result() as Promise<T>, ask);
  } finally {
    await bar?.stop();
  }
}

const LOOK_EVERY_MS = 500;

/** A progress bar on stderr. It does not move while the sweep does not answer queries. */
function startBar(progressNow: () => Promise<SweepProgress | null>, unit: string): { stop(): Promise<void> } {
  const bar = new SingleBar({
    format: `{bar} {value} of {total} ${unit}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  const controller = new AbortController();
  bar.start(0, 0);
  const drawing = (async () => {
    while (!controller.signal.aborted) {
      const known = await progressNow();
      if (known !== null && !controller.signal.aborted) {
        bar.setTotal(known.total);
        bar.update(known.done);
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal: controller.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      controller.abort();
      bar.stop();
      // Without a worker the last query takes seconds to fail: it is not waited for.
      await Promise.race([drawing, sleep(LOOK_EVERY_MS)]);
    },
  };
}
