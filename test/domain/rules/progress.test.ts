import { describe, expect, it } from 'vitest';
import { isDone, isDropped, mapProgress, progressFields } from '../../../domain/rules/progress.js';
import { progress } from '../../fixtures/craftItems.js';

describe('domain/rules/progress', () => {
  it("maps the tool's word exactly", () => {
    expect(mapProgress('Backlog', progress)).toEqual({ status: 'mapped', value: 'To do' });
    expect(mapProgress('backlog', progress)).toEqual({ status: 'mapped', value: 'backlog' });
    expect(mapProgress('constructor', progress)).toEqual({ status: 'mapped', value: 'constructor' });
  });

  it("maps a word that looks like an entry's, and takes such a word of ours for done", () => {
    expect(mapProgress('Back\u200blog', progress)).toEqual({ status: 'mapped', value: 'To do' });
    expect(isDone('Done\u00a0', progress)).toBe(true);
  });

  it('keeps, ignores or blocks a word without an entry', () => {
    expect(mapProgress('Review', progress)).toEqual({ status: 'mapped', value: 'Review' });
    expect(mapProgress('Review', { ...progress, unmapped: 'ignore' })).toEqual({ status: 'ignored' });
    expect(mapProgress('Review', { ...progress, unmapped: 'block' })).toEqual({
      status: 'unmapped',
      message: 'status "Review" has no entry in progress.statuses (known: Backlog, Done, Cancelled)',
    });
  });

  it('tells done from dropped by our words', () => {
    expect([isDone('Done', progress), isDropped('Done', progress)]).toEqual([true, false]);
    expect([isDone('Dropped', progress), isDropped('Dropped', progress)]).toEqual([false, true]);
  });

  it('writes progress, key and link under their configured names, and leaves out what is not there', () => {
    const full = { key: 'MOB-1', url: 'https://km.example/MOB-1', status: 'Done' };
    expect(progressFields(full, progress)).toEqual({
      dev_status: 'Done',
      dev_key: 'MOB-1',
      dev_link: 'https://km.example/MOB-1',
    });
    expect(progressFields({ key: null, url: null, status: 'Done' }, progress)).toEqual({ dev_status: 'Done' });
    expect(progressFields(full, { ...progress, keyField: null, linkField: null })).toEqual({ dev_status: 'Done' });
    expect(progressFields({ ...full, status: 'Review' }, { ...progress, unmapped: 'ignore' })).not.toHaveProperty(
      'dev_status',
    );
  });
});
