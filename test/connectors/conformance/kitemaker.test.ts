import { conformance } from './conformance.js';
import { kitemaker } from './kitemaker.js';

conformance(kitemaker);
