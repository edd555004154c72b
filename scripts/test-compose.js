/**
 * `npm run test:compose`: the production topology of docker-compose.yml on the engine that `docker` finds here. Without
 * one everything counts as skipped, and it says why. The last line sums up: N passed, N failed, N skipped.
 */
import process from 'node:process';
import { runVitest } from './vitestCounts.js';

const { passed, failed, skipped } = runVitest('compose');
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
