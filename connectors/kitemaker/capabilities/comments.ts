/** Comments on work items: REST posts them, GraphQL lists all of them. */
import type { Comments } from '../../port/capabilities.js';
import { markdownOf } from '../../text/craftText.js';
import { hasMarker } from '../../text/marker.js';
import { commentBodies, createComment, type Kitemaker } from '../requests.js';

export function commentsOf(km: Kitemaker): Comments {
  return {
    post: (devItem, { text, marker }, call) => createComment(km, devItem.id, `${markdownOf(text)}\n\n${marker}`, call),
    async find(devItem, commentMarker, call) {
      const bodies = await commentBodies(km, devItem.id, call);
      return bodies.some((body) => hasMarker(body, commentMarker)) ? 'found' : 'absent';
    },
  };
}
