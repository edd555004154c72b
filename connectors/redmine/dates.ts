/**
 * Craft.io's dates are moments (`2023-06-20T21:00:00.000Z`); Redmine's are days, and it refuses any other text in a
 * date field with 422. A moment becomes its day in UTC: Craft.io names no time zone, and the same item must always give
 * the same day.
 */
import { z } from 'zod';
import type { StandardField } from './target.js';

const Moment = z.iso.datetime({ offset: true, local: true });
const ENDS_WITH_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/;

export const DATE_FIELDS = ['start_date', 'due_date'] as const satisfies readonly StandardField[];

export function isDateField(name: string): boolean {
  return DATE_FIELDS.some((one) => one === name);
}

/** `2023-06-20` from a full ISO date-time; null for any other text, a bare day included. */
export function dayOf(value: string): string | null {
  const moment = Moment.safeParse(value.trim()).data;
  if (moment === undefined) return null;
  return ENDS_WITH_ZONE.test(moment) ? new Date(moment).toISOString().slice(0, 10) : moment.slice(0, 10);
}

/** Whether the values that a field shows are days; null where it shows none. */
export function holdDays(values: readonly string[]): boolean | null {
  return values.length === 0 ? null : values.every((value) => z.iso.date().safeParse(value).success);
}
