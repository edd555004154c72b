/** Comments are notes in an issue's journal. */
import type { Comments } from '../../port/capabilities.js';
import { hasMarker } from '../../text/marker.js';
import { addNote, failure, issueNotes, type Redmine } from '../requests.js';
import { assertAccepted } from '../visibility.js';
import type { TextFormatting } from '../target.js';
import { formatted } from '../texts.js';

export function commentsOf(redmine: Redmine, formatting: TextFormatting): Comments {
  return {
    async post(devItem, { text, marker }, call) {
      await addNote(redmine, devItem.id, `${formatted(text, formatting)}\n\n${marker}`, call);
      // For a role that may edit issues but not add notes, Redmine answers 204 and drops the note.
      const notes = await issueNotes(redmine, devItem.id, call);
      if (notes.some((note) => hasMarker(note, marker))) return;
      const message =
        "PUT /issues/{id}.json was answered 204 and added no note: the key's role needs the right Add notes";
      throw failure(redmine, 'invalid', message);
    },
    async find(devItem, commentMarker, call) {
      const notes = await issueNotes(redmine, devItem.id, call);
      if (notes.some((note) => hasMarker(note, commentMarker))) return 'found';
      await assertAccepted(redmine, call);
      return 'absent';
    },
  };
}
