import { conformance } from './conformance.js';
import { craftnoteProjects, craftnoteTasks } from './craftnote.js';

conformance(craftnoteProjects);
conformance(craftnoteTasks);
