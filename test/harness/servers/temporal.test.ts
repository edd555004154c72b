import { describe, expect, it } from 'vitest';

import { SEARCH_ATTRIBUTES } from '../../../domain/searchAttributes.js';
import { freshNamespace } from './temporal.js';

describe('harness/servers/temporal', () => {
  it('gives a namespace that takes workflows with our search attributes at once', async () => {
    const { client, close } = await freshNamespace();
    const handle = await client.workflow.start('any', {
      workflowId: 'one',
      taskQueue: 'none',
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.phase, value: 'checking' },
        { key: SEARCH_ATTRIBUTES.drift, value: false },
      ],
    });
    expect((await handle.describe()).typedSearchAttributes.get(SEARCH_ATTRIBUTES.phase)).toBe('checking');
    await close();
  });
});
