import { describe, expect, it } from 'vitest';
import { isMappedAnew } from '../../../clients/apply/items.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf } from '../../fixtures/settings.js';

describe('clients/apply/items', () => {
  const rule = pipelineOf('mobile', { statuses: { Done: 'Shipped' } }).progress;
  if (rule === null) throw new Error('no rule');

  it('takes an item as mapped anew where its value, its end or its block changes, and no other', () => {
    expect(isMappedAnew(followedLink(), rule)).toBe(false);
    expect(
      isMappedAnew(followedLink({ devStatus: 'Done', lastProgress: { dev_status: 'Done', dev_key: 'KM-1' } }), rule),
    ).toBe(true);
    expect(isMappedAnew(followedLink({ phase: 'blocked', blockedBy: 'status-unmapped' }), rule)).toBe(true);
    expect(isMappedAnew(followedLink({ phase: 'blocked', blockedBy: 'refused' }), rule)).toBe(false);
    expect(isMappedAnew(followedLink(), { ...rule, doneWhen: ['Backlog'] })).toBe(true);
    expect(isMappedAnew(followedLink({ lockedAt: null, devStatus: 'Done' }), rule)).toBe(false);
  });
});
