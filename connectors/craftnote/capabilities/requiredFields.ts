/** A title is all that Craftnote requires, of projects as of tasks. */
import type { RequiredFields } from '../../port/capabilities.js';

export const requiredFields: RequiredFields = {
  list: () => Promise.resolve([{ name: 'title', why: 'required by Craftnote of every project and task' }]),
};
