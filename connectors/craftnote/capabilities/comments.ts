/**
 * Comments are messages in a project's chat. Tasks have none, and the chat of their project is for all of it. Folders
 * have no chat either: Craftnote refuses, and the log says so.
 */
import type { Comments } from '../../port/capabilities.js';
import { hasMarker } from '../../text/marker.js';
import { messageText, readId } from '../mapping.js';
import { type Craftnote, createMessage, messageTexts, PAGE_COUNT, refusal } from '../requests.js';

export function commentsOf(cn: Craftnote): Comments {
  return {
    async post(devItem, { text, marker }, call) {
      const { resource, projectId } = readId(devItem.id);
      if (resource === 'task') throw refusal(cn, 'no comment was posted: a Craftnote task has none');
      await createMessage(cn, projectId, messageText(text, marker), call);
    },
    async find(devItem, commentMarker, call) {
      const { resource, projectId } = readId(devItem.id);
      if (resource === 'task') return 'absent';
      const texts = await messageTexts(cn, projectId, call);
      if (texts.some((text) => hasMarker(text, commentMarker))) return 'found';
      // The document says "List all messages" and names no pages. As many as a page holds elsewhere may still be one
      // page.
      return texts.length === PAGE_COUNT ? 'unknown' : 'absent';
    },
  };
}
