import { describe, expect, it } from 'vitest';
import { matchesRule } from '../../../domain/rules/readiness.js';
import type { ReadyRule } from '../../../domain/settings.js';
import { itemWith } from '../../fixtures/craftItems.js';

const rule = (changes: Partial<ReadyRule>): ReadyRule => ({ status: null, types: null, where: [], ...changes });

describe('domain/rules/readiness', () => {
  it('compares the status with name or id, exactly', () => {
    expect(matchesRule(itemWith(), rule({ status: 'Ready for Development' }))).toBe(true);
    expect(matchesRule(itemWith(), rule({ status: '2305843009928936743' }))).toBe(true);
    expect(matchesRule(itemWith(), rule({ status: 'ready for development' }))).toBe(false);
    expect(matchesRule(itemWith({ status: null }), rule({ status: 'Ready for Development' }))).toBe(false);
  });

  it('holds only when all given parts hold', () => {
    const item = itemWith({ customFields: [{ id: '1', name: 'team', value: 'mobile' }] });
    const where = [{ field: 'customFields.team', equals: 'mobile' }];
    expect(matchesRule(item, rule({ status: 'Ready for Development', types: ['Feature'], where }))).toBe(true);
    expect(matchesRule(item, rule({ status: 'Ready for Development', types: ['Story'], where }))).toBe(false);
    expect(matchesRule(item, rule({ status: 'Idea', types: ['Feature'], where }))).toBe(false);
    expect(matchesRule(itemWith(), rule({ status: 'Ready for Development', where }))).toBe(false);
  });

  it('compares values as text, whatever their type on either side', () => {
    const item = itemWith({}, { effort: 3, flagged: true });
    expect(matchesRule(item, rule({ where: [{ field: 'effort', equals: '3' }] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'flagged', equals: true }] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'missing', equals: false }] }))).toBe(false);
    expect(matchesRule(item, rule({ where: [{ field: 'missing', equals: '' }] }))).toBe(true);
  });

  it('holds for a list that contains the value', () => {
    const item = itemWith({}, { labels: ['ios', 'beta'] });
    expect(matchesRule(item, rule({ where: [{ field: 'labels', equals: 'beta' }] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'labels', equals: 'ios, beta' }] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'labels', equals: 'web' }] }))).toBe(false);
  });

  it('takes names that look the same for the same, whatever an editor put into either', () => {
    const item = itemWith(
      { status: { id: '7', name: 'Ready\u00a0for Development' } },
      { labels: ['\u200bbeta'], done: true },
    );
    expect(matchesRule(item, rule({ status: 'Ready for Development' }))).toBe(true);
    expect(matchesRule(item, rule({ types: ['Fea\u00adture'] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'labels', equals: 'beta ' }] }))).toBe(true);
    expect(matchesRule(item, rule({ where: [{ field: 'done', equals: 'True' }] }))).toBe(true);
  });

  it('matches nothing by a rule that says nothing', () => {
    expect(matchesRule(itemWith(), rule({}))).toBe(false);
  });
});
