/**
 * Craft.io's dates are moments (`2023-06-20T21:00:00.000Z`); Redmine's are days, and it refuses any other text in a
 * date field with 422. Craft.io names no time zone: a moment becomes its day in the pipeline's `timeZone`.
 */
import { z } from 'zod';
import { isoTime } from '../times.js';
import type { StandardField } from './target.js';

const ENDS_WITH_ZONE = /(?:Z|[+-]\d\d:\d\d)$/;

export const DATE_FIELDS = ['start_date', 'due_date'] as const satisfies readonly StandardField[];

export function isDateField(name: string): boolean {
  return DATE_FIELDS.some((one) => one === name);
}

/** `2023-06-20` from an ISO date-time, where that moment is it; null for any other text, a bare day included. */
export function dayOf(value: string, timeZone: string): string | null {
  const moment = isoTime(value);
  if (moment === null) return null;
  return ENDS_WITH_ZONE.test(moment) ? dayIn(timeZone, new Date(moment)) : moment.slice(0, 10);
}

/** The calendar of the time zone, as ISO writes a day. */
function dayIn(timeZone: string, moment: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const part = (type: string): string => parts.formatToParts(moment).find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** Whether the values that a field shows are days; null where it shows none. */
export function holdDays(values: readonly string[]): boolean | null {
  return values.length === 0 ? null : values.every((value) => z.iso.date().safeParse(value).success);
}
