/** Where the workflows are, whether this runs from `dist/` or from the sources. */
import { fileURLToPath } from 'node:url';

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

export const WORKFLOWS_PATH = fileURLToPath(new URL(`../workflows/index.${extension}`, import.meta.url));

/** Written by `npm run build`; absent when the sources are run directly. */
export const WORKFLOW_BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));

/** The same workflows, whose failures are encoded: for workers that encrypt. */
export const ENCODING_BUNDLE = fileURLToPath(new URL('../workflow-bundle-encoding.js', import.meta.url));

export const ENCODED_FAILURES = fileURLToPath(new URL(`./encodedFailures.${extension}`, import.meta.url));
