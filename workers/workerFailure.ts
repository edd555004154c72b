import { ExplainedError } from '../domain/explainedError.js';

/** The worker process cannot go on; the message is one line that says why, and what to do or what comes. */
export class WorkerFailure extends ExplainedError {
  override readonly name = 'WorkerFailure';
}
