import { describe, expect, it } from 'vitest';
import { budgetFindings } from '../../../clients/check/budgets.js';
import type { RateLimit } from '../../../domain/settings.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

describe('clients/check/budgets', () => {
  const settings = settingsOf([{ ...pipelineOf('mobile'), sweepEveryMs: 3_600_000, driftEveryMs: 3_600_000 }]);
  const withLimit = (rateLimit: Partial<RateLimit>) => ({
    ...settings,
    craft: { ...settings.craft, rateLimit: { ...settings.craft.rateLimit, ...rateLimit } },
  });
  const said = (rateLimit: Partial<RateLimit>): readonly string[] =>
    budgetFindings(withLimit(rateLimit))
      .filter(({ where }) => where.startsWith('craft'))
      .map(({ level, where, message }) => `${level} ${where}: ${message}`);

  it('says how fast calls go out', () => {
    expect(said({})).toEqual(['ok craft.rateLimit: no limit a minute']);
    expect(said({ perMinute: 60 })).toEqual(['ok craft.rateLimit: 60 a minute: one call every 1.02 s']);
  });

  it('warns where the configured intervals need more of a month than sweeps may use, and says how far they stretch', () => {
    expect(said({ perMonth: 500 })[1]).toBe(
      'warning craft.rateLimit.perMonth: its sweeps make at least 1440 calls a month, and may make 250 of 500: their ' +
        'intervals stretch to at least 5.8 times what is configured, an hour to 5.8 hours',
    );
    expect(said({ perMonth: 2_880 })[1]).toBe(
      'ok craft.rateLimit.perMonth: its sweeps make at least 1440 calls a month, and may make 1440 of 2880',
    );
    expect(said({ perMonth: 1 })[1]).toMatch(/^warning .*may make 0 of 1: none can run$/);
  });

  it('names the connection of a dev tool by its place in the file', () => {
    const [, tool] = budgetFindings(settings);
    expect(tool).toEqual({ level: 'ok', where: 'devTools.km.rateLimit', message: 'no limit a minute' });
  });
});
