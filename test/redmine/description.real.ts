import { conformance } from '../connectors/conformance/conformance.js';
import { realRedmine } from './conformance.js';

conformance(realRedmine('description'));
