/** What was refused or limited is counted, and logged so rarely that a flood does not fill the disk. */
import type { Logger } from 'pino';

/** Why a POST was not taken: by the connector's verdict, or before it. */
export type Refusal =
  | 'signature'
  | 'time'
  | 'malformed'
  | 'too-large'
  /** Its sender went away, or was cut off, before the whole body had come. */
  | 'unfinished'
  /** All places were taken, and its body was not here yet when another delivery came. */
  | 'gave-way'
  /** All places were taken by deliveries that are being stored. */
  | 'busy'
  | 'ledger'
  | 'unknown'
  | 'not-listening';

/** Counts what became of the deliveries. */
export interface DeliveryCounts {
  took(devTool: string, verdict: 'accepted' | 'repeated'): void;
  refused(devTool: string, why: Refusal): void;
}

/** `devTool` is a label: a name of the configuration or `NO_TOOL`, never a caller's text. */
export type Refuse = (devTool: string, why: Refusal, words: string) => void;

/** The name under which a POST to a dev tool that is not configured is counted. */
export const NO_TOOL = '(none)';

export function createRefusals(metrics: DeliveryCounts, logger: Logger): Refuse {
  const say = createSeldomLog(logger, 'a webhook was refused');
  return (devTool, reason, why) => {
    metrics.refused(devTool, reason);
    say(`${devTool} ${reason}`, { devTool, reason, why });
  };
}

const LOG_EVERY_MS = 60_000;

/** Lines of one kind come at most once a minute; the next one says how many were left out. */
export function createSeldomLog(logger: Logger, message: string): (kind: string, fields: object) => void {
  const last = new Map<string, { atMs: number; silent: number }>();
  return (kind, fields) => {
    const known = last.get(kind);
    if (known !== undefined && performance.now() - known.atMs < LOG_EVERY_MS) {
      known.silent += 1;
      return;
    }
    const alsoRefused = known?.silent ?? 0;
    last.set(kind, { atMs: performance.now(), silent: 0 });
    logger.warn({ ...fields, ...(alsoRefused > 0 && { alsoRefused }) }, message);
  };
}
