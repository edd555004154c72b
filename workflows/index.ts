/** The workflows by the names that Temporal knows them by (design 2). */
export { driftSweep } from './driftSweep.js';
export { feedbackIntake } from './feedbackIntake.js';
export { intakeSweep } from './intakeSweep.js';
export { itemSync } from './itemSync/index.js';
export { progressSweep } from './progressSweep.js';
export { readySweep } from './readySweep.js';
