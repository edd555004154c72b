import { conformance } from './conformance.js';
import { craftdesk } from './craftdesk.js';

conformance(craftdesk('created'));
conformance(craftdesk('updated'));
