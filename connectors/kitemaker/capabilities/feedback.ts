/**
 * Customers' feedback in Kitemaker: an entry with an insight that is linked with the work item. Its contents end with
 * the marker, by which it is found again: GraphQL lists all feedback.
 */
import type { Feedback } from '../../port/capabilities.js';
import { markdownOf, titleOf } from '../../text/craftText.js';
import { cutBefore, oneLine } from '../../text/cut.js';
import { hasMarkerLine } from '../../text/marker.js';
import { type PagesRead, readPages } from '../paging.js';
import { createFeedback, feedbackPage, type Kitemaker } from '../requests.js';

/** As for work items: Kitemaker's documents name no limit. */
const LIMITS = { title: 250, contents: 30_000 } as const;
const ADDRESS = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

const MEANING = { enough: 'found', whole: 'absent', stuck: 'unknown' } as const satisfies Record<PagesRead, string>;

export function feedbackOf(km: Kitemaker): Feedback {
  return {
    submit(devItem, { title, text, person, marker }, call) {
      // A person without an address is named in the text.
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
      const ended = await readPages(
        (cursor) => feedbackPage(km, cursor, call),
        (entries) => (entries.some(({ content }) => hasMarkerLine(content ?? '', marker)) ? 'enough' : 'more'),
        call,
      );
      return MEANING[ended];
    },
  };
}
