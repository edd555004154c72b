/**
 * Every identity that craftsync gives to something outside, built in one place (design 2 and 7).
 * Others script against these strings, and a change breaks running workflows.
 */

/** One Craft item in one pipeline; the input of `itemSync`. */
export interface ItemRef {
  readonly pipeline: string;
  readonly craftItemId: string;
}

/** The input of an item's step. */
export interface StepItem extends ItemRef {
  /** A person waits for what comes of it: its calls are made by hand. */
  readonly byHand?: true;
}

export const TASK_QUEUE = 'craftsync';

export function itemSyncWorkflowId(item: ItemRef): string {
  return `item-sync:${item.pipeline}:${item.craftItemId}`;
}

export function readySweepScheduleId(pipeline: string): string {
  return `ready-sweep:${pipeline}`;
}

export function progressSweepScheduleId(devTool: string): string {
  return `progress-sweep:${devTool}`;
}

export function driftSweepScheduleId(pipeline: string): string {
  return `drift-sweep:${pipeline}`;
}

export function intakeScheduleId(intake: string): string {
  return `intake:${intake}`;
}

/** Under which a pipeline is paused, beside the connections: no connection's name has a colon. */
export function pipelinePauseKey(pipeline: string): string {
  return `pipeline:${pipeline}`;
}

/** One dev item submitted to one feedback portal. */
export function feedbackIntakeWorkflowId(portal: string, devTool: string, devItemId: string): string {
  return `feedback-intake:${portal}:${devTool}:${devItemId}`;
}

/** The workflow id of a sweep run by hand (design 2); scheduled runs carry a time instead of `now`. */
export function byHandWorkflowId(scheduleId: string): string {
  return `${scheduleId}:now`;
}

const MARKER_PREFIX = 'craftsync:';

/** The text by which a dev item is found again if the answer to its create was lost (design 1). */
export function marker(item: ItemRef, generation: number): string {
  return `${MARKER_PREFIX}${item.pipeline}/${item.craftItemId}/${generation}`;
}

/** What the markers of a pipeline's dev items begin with. */
export function markerStart(pipeline: string): string {
  return `${MARKER_PREFIX}${pipeline}/`;
}

/** Which item and generation of the pipeline a marker names; null: none. */
export function readMarker(text: string, pipeline: string): (ItemRef & { readonly generation: number }) | null {
  const start = markerStart(pipeline);
  const match = text.startsWith(start) ? /^(.+)\/([1-9]\d{0,8})$/.exec(text.slice(start.length)) : null;
  if (match?.[1] === undefined) return null;
  return { pipeline, craftItemId: match[1], generation: Number(match[2]) };
}

/** The text by which the comment is found again that tells a dev item that it became feedback. */
export function submittedMarker(workflowId: string): string {
  return `${MARKER_PREFIX}${workflowId}#submitted`;
}

/** The text by which a comment is found again before it is posted a second time (design 3). */
export function commentMarker(item: ItemRef, event: string): string {
  return `${MARKER_PREFIX}${itemSyncWorkflowId(item)}#${event}`;
}
