/**
 * Puts the text of failures into a payload, so that the codec encrypts it with the rest (decision 36). Loaded by its
 * path, in the worker's own thread and in the workflows' bundle; only where payloads are encrypted, because Temporal's
 * UI shows "Encoded failure" in the place of such a text.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
