import { describe, expect, it } from 'vitest';
import { whyNotReady } from '../../../clients/verbs/resync.js';

describe('clients/verbs/resync', () => {
  it('names each part of the readiness rule that does not hold', () => {
    const item = {
      id: '1',
      shortId: 'MOB-1',
      type: 'Epic',
      title: 't',
      description: null,
      webUrl: null,
      status: { id: 's', name: 'Draft' },
      parentId: null,
      updateTime: null,
      customFields: [{ id: 'c', name: 'team', value: 'web' }],
      properties: {},
    };
    const rule = { status: 'Ready', types: ['Story'], where: [{ field: 'customFields.team', equals: 'mobile' }] };
    expect(whyNotReady(item, rule)).toBe(
      'its status is "Draft", not "Ready"; its type is "Epic", not one of "Story"; customFields.team is "web", not "mobile"',
    );
  });
});
