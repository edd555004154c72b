/**
 * Customers' feedback in Kitemaker: an entry with an insight that is linked with the work item. The marker ends its
 * contents; GraphQL lists all feedback, by which it is found again.
 */
import type { Feedback } from '../capabilities.js';
import { markdownOf, titleOf } from '../text/craftText.js';
import { cutBefore, oneLine } from '../text/cut.js';
import { hasMarkerLine } from '../text/marker.js';
import { createFeedback, feedbackPage, type Kitemaker } from './requests.js';

/** As for work items: Kitemaker's documents name no limit. */
const LIMITS = { title: 250, contents: 30_000 } as const;
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

export function feedbackOf(km: Kitemaker): Feedback {
  return {
    submit(devItem, { title, text, person, marker }, call) {
      // A name is no address: it stands in the text.
      const from = person === null || ADDRESS.test(person) ? [] : [titleOf(`From: ${person}`)];
      return createFeedback(
        km,
        {
          title: oneLine(titleOf(title), LIMITS.title),
          contents: cutBefore(markdownOf(text), LIMITS.contents, [...from, marker], null),
          ...(person !== null && ADDRESS.test(person) && { personEmail: person }),
          linkInsightToEntityIds: [devItem.id],
        },
        call,
      );
    },
    async find(_devItem, marker, call) {
      const seen = new Set<string>();
      let cursor: string | null = null;
      for (;;) {
        const page = await feedbackPage(km, cursor, call);
        const before = seen.size;
        for (const { id, content } of page.feedback) {
          if (hasMarkerLine(content ?? '', marker)) return 'found';
          seen.add(id);
        }
        if (!page.hasMore) return 'absent';
        const next = page.cursor ?? null;
        if (seen.size === before || next === null || next === cursor) return 'unknown';
        cursor = next;
        call.heartbeat?.();
      }
    },
  };
}
