import { describe, expect, it } from 'vitest';
import { refusalWords, refusedSettings } from '../../../domain/rules/refusals.js';
import { linkWith } from '../../fixtures/links.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';

const link = linkWith({
  craftItemId: '2305843010635321210',
  craftShortId: 'CRK-1',
  devItemId: 'w1x',
  devItemKey: 'KM-1',
});
const other = linkWith({
  craftItemId: '2305843010635321999',
  craftShortId: 'CRK-77',
  devItemId: 'w9x',
  devItemKey: 'KM-9',
});

describe('domain/rules/refusals', () => {
  it.each([
    ['the Craft item', (one: typeof link) => `craft: ${one.craftItemId} (${one.craftShortId ?? ''}) has no field`],
    ['the dev item', (one: typeof link) => `km: ${one.devItemId ?? ''} / ${one.devItemKey ?? ''} is closed`],
    ['an address', (one: typeof link) => `km: see https://km.test/items/${one.devItemKey ?? ''}?x=${one.craftItemId}`],
  ])('a refusal is the same whichever item it names by %s', (_what, words) => {
    expect(refusalWords(words(link), link)).toBe(refusalWords(words(other), other));
  });

  it.each([
    ['km: field "effort" is wrong', 'km: field "impact" is wrong'],
    ['km: no such status', 'craft: no such status'],
  ])('%s and %s are two', (one, another) => {
    expect(refusalWords(one, link)).not.toBe(refusalWords(another, link));
  });

  it('settings that decide nothing about a refusal make no difference, and a target does', () => {
    const { devTools } = settingsOf([]);
    const text = (changes: object) => refusedSettings({ ...pipelineOf('mobile'), ...changes }, devTools['km']);
    expect(text({ sweepEveryMs: 1, maxNewPerSweep: 2 })).toBe(text({}));
    expect(text({ target: { spaceId: 'b' } })).not.toBe(text({}));
  });
});
