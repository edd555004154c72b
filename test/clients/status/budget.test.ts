import { describe, expect, it } from 'vitest';
import { budgetsOf, renderBudgets } from '../../../clients/status/budget.js';
import { renderOverview } from '../../../clients/status/overview.js';
import { budgetOf } from '../../fixtures/budgets.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { recordedTerminal } from '../../harness/terminal.js';

const terminal = recordedTerminal();
const settings = settingsOf([pipelineOf('mobile')]);
const stretched = {
  scheduleId: 'ready-sweep:mobile',
  everyMs: 3_600_000,
  inForceMs: 11_520_000,
  next: '2026-11-12T14:00:00.000Z',
  why: 'craft may make 500 calls a month',
};

describe('clients/status/budget', () => {
  it('has a line for each connection, and one for each sweep that is stretched', () => {
    const craft = budgetOf({
      limit: { perMinute: 60, burst: 1, learned: false },
      intervalMs: 1_020,
      closedUntil: '2026-11-12T14:32:00.000Z',
      stretched: [stretched],
    });
    const lines = renderBudgets(terminal, [craft, budgetOf({ connection: 'km' })]).split('\n');
    expect(lines[0]).toMatch(/^CONNECTION +LIMIT +THIS MINUTE +THIS MONTH +WAITING +GOES ON$/);
    expect(lines[1]).toMatch(
      /^craft +60 a minute: one call every 1\.02 s +0 used +no limit, 0 used +none +closed by the tool until 2026-11-12 14:32 UTC$/,
    );
    expect(lines[2]).toMatch(/^km +no limit a minute +0 used +no limit, 0 used +none$/);
    expect(lines.slice(3)).toEqual([
      'ready-sweep:mobile: stretched: every 60 minutes became about 3.2 hours, next about 2026-11-12 14:00 UTC: craft may make 500 calls a month',
    ]);
  });

  it('shows of a pipeline only the connections that it uses', () => {
    const all = ['craft', 'km', 'other'].map((connection) => budgetOf({ connection }));
    expect(budgetsOf(all, settings, 'mobile').map(({ connection }) => connection)).toEqual(['craft', 'km']);
    expect(budgetsOf(all, settings, null)).toHaveLength(3);
  });

  it('is part of the overview, beside the interval in force of each sweep', () => {
    const followed = { pipeline: 'mobile', phase: 'following', blockedBy: null, count: 1 } as const;
    const shown = { links: [], counts: [followed], paused: [], sweeps: [], submissions: [] };
    const overview = { ...shown, settings, pipeline: null };
    const none = { ...stretched, scheduleId: 'drift-sweep:mobile', inForceMs: null };
    const text = renderOverview(terminal, { ...overview, budgets: [budgetOf({ stretched: [stretched, none] })] });
    expect(text).toMatch(/ready-sweep:mobile +1 hour, now about 3\.2 hours +never run/);
    expect(text).toMatch(/drift-sweep:mobile +1 hour, now none +never run/);
    expect(text).toMatch(/progress-sweep:km +5 minutes +never run/);
    expect(text).toMatch(/Budget of calls\nCONNECTION[^]*ready-sweep:mobile: stretched: /);
    expect(text).toContain('Nothing needs a person.');
  });
});
