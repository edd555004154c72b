/** The sections other than connections and pipelines: `intake`, `alerts`, `keepLog`. */
import { z } from 'zod';
import type { IntakeSettings } from '../../domain/settings.js';
import { DURATIONS } from '../defaults.js';
import { suggestion } from '../nearest.js';
import { echo } from '../problems.js';
import type { Path, Problems } from '../problems.js';
import { parsePart } from './issues.js';
import { duration, Id, SecretUrl, Text } from './values.js';

const IntakeSection = z.strictObject({
  devTool: Text,
  label: Text,
  feedbackPortal: Id,
  category: Text.optional(),
  submitter: Text.optional(),
  every: duration(DURATIONS.intakeEvery).default(DURATIONS.intakeEvery.defaultMs),
});

const AlertsSection = z.strictObject({ webhook: SecretUrl.optional() });

/** One entry of `intake`. */
export function readIntake(
  name: string,
  value: unknown,
  devToolNames: readonly string[],
  problems: Problems,
): IntakeSettings | undefined {
  const path: Path = ['intake', name];
  const section = parsePart(IntakeSection, value, path, problems);
  if (section === undefined) return undefined;
  if (!devToolNames.includes(section.devTool)) {
    problems.add(
      [...path, 'devTool'],
      `${echo(section.devTool)} is not in devTools; ${suggestion(section.devTool, devToolNames)}`,
    );
  }
  const { devTool, label, feedbackPortal, every } = section;
  const { category = null, submitter = null } = section;
  return { name, devTool, label, feedbackPortal, category, submitter, everyMs: every };
}

/** The address to which alerts are posted; null when none is given. */
export function readAlertsWebhook(value: unknown, problems: Problems): string | null {
  if (value === undefined) return null;
  return parsePart(AlertsSection, value, ['alerts'], problems)?.webhook ?? null;
}

/** In milliseconds. */
export function readKeepLog(value: unknown, problems: Problems): number {
  const KeepLog = duration(DURATIONS.keepLog).default(DURATIONS.keepLog.defaultMs);
  return parsePart(KeepLog, value, ['keepLog'], problems) ?? DURATIONS.keepLog.defaultMs;
}
