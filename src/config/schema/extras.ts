/** The sections beside connections and pipelines: `intake`, `alerts`, `keepLog`. */
import { z } from 'zod';
import { DURATIONS } from '../defaults.js';
import { suggestion } from '../nearest.js';
import { echo } from '../problems.js';
import type { Path, Problems } from '../problems.js';
import { parsePart } from './issues.js';
import { duration, Id, SecretUrl, Text } from './values.js';

const IntakeSection = z.strictObject({
  devTool: Text,
  label: Text.optional(),
  feedbackPortal: Id,
  category: Text.optional(),
  submitter: Text.optional(),
  every: duration(DURATIONS.intakeEvery).default(DURATIONS.intakeEvery.defaultMs),
});

const AlertsSection = z.strictObject({ webhook: SecretUrl.optional() });

/** Checks one entry of `intake`; nothing is made of it yet, and `configuration.ts` warns so. */
export function checkIntake(value: unknown, devToolNames: readonly string[], path: Path, problems: Problems): void {
  const section = parsePart(IntakeSection, value, path, problems);
  if (section === undefined || devToolNames.includes(section.devTool)) return;
  problems.add(
    [...path, 'devTool'],
    `${echo(section.devTool)} is not in devTools; ${suggestion(section.devTool, devToolNames)}`,
  );
}

/** The address that alerts are posted to; null where none is given. */
export function readAlertsWebhook(value: unknown, problems: Problems): string | null {
  if (value === undefined) return null;
  return parsePart(AlertsSection, value, ['alerts'], problems)?.webhook ?? null;
}

/** In milliseconds. */
export function readKeepLog(value: unknown, problems: Problems): number {
  const KeepLog = duration(DURATIONS.keepLog).default(DURATIONS.keepLog.defaultMs);
  return parsePart(KeepLog, value, ['keepLog'], problems) ?? DURATIONS.keepLog.defaultMs;
}
