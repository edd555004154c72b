import { conformance } from './conformance.js';
import { redmine } from './redmine.js';

conformance(redmine('field'));
conformance(redmine('description'));
