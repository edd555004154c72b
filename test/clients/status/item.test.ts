import { describe, expect, it } from 'vitest';
import { renderItem } from '../../../clients/status/item.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { recordedTerminal } from '../../harness/terminal.js';

const settings = settingsOf([pipelineOf('mobile')]);

describe('clients/status/item', () => {
  it('shows one item in full, with the advice', () => {
    const link = followedLink({
      phase: 'blocked',
      blockedBy: 'status-unmapped',
      lastError: 'status "QA" has no entry',
    });
    const text = renderItem(recordedTerminal(), link, settings);
    expect(text).toContain('blocked (status-unmapped): Add the status to `progress.statuses`');
    expect(text).toMatch(/dev item +KM-1 \(w1\)/);
    expect(text).toMatch(/progress +Backlog/);
    expect(text).toMatch(/workflow +item-sync:mobile:2305843010635321210/);
  });
});
