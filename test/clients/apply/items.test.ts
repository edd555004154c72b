import { describe, expect, it } from 'vitest';
import { mapsDifferently } from '../../../clients/apply/items.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf } from '../../fixtures/settings.js';

describe('clients/apply/items', () => {
  const rule = pipelineOf('mobile', { statuses: { Done: 'Shipped' } }).progress;
  if (rule === null) throw new Error('no rule');

  it('finds exactly the items whose value, end or block the new rule changes', () => {
    expect(mapsDifferently(followedLink(), rule)).toBe(false);
    expect(
      mapsDifferently(followedLink({ devStatus: 'Done', lastProgress: { dev_status: 'Done', dev_key: 'KM-1' } }), rule),
    ).toBe(true);
    expect(mapsDifferently(followedLink({ phase: 'blocked', blockedBy: 'status-unmapped' }), rule)).toBe(true);
    expect(mapsDifferently(followedLink({ phase: 'blocked', blockedBy: 'refused' }), rule)).toBe(true);
    expect(mapsDifferently(followedLink(), { ...rule, doneWhen: ['Backlog'] })).toBe(true);
    expect(mapsDifferently(followedLink({ lockedAt: null, devStatus: 'Done' }), rule)).toBe(false);
  });
});
