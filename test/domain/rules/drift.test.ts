import { describe, expect, it } from 'vitest';
import type { CraftItem } from '../../../domain/craftItem.js';
import { canonicalJson, differingFields, handedOverOf } from '../../../domain/rules/drift.js';
import { itemWith, lock, pipelineWith } from '../../fixtures/craftItems.js';

const team = { id: '1', name: 'team', value: 'mobile' };
const locked = { id: '2', name: 'dev_lock', value: 'View only' };
const pipeline = pipelineWith({ noteContent: { template: '{effort} of {customFields.team}' } });
const inDevelopment = { id: '5', name: 'In Development' };

/** As Craft.io has it after the lock was written. */
const lockedItem = (changes: Partial<CraftItem> = {}, properties: Record<string, unknown> = { effort: 3 }): CraftItem =>
  itemWith({ status: inDevelopment, customFields: [team, locked], ...changes }, properties);
const handedOver = handedOverOf(itemWith({ customFields: [team] }, { effort: 3 }), pipeline);

describe('domain/rules/drift', () => {
  it('keeps the value of every path that fields draw on, and what the lock writes', () => {
    expect(handedOver).toEqual({
      values: {
        shortId: 'CRK-1',
        title: 'Dark mode',
        description: 'All screens.',
        effort: '3',
        'customFields.team': 'mobile',
      },
      lockField: 'View only',
      lockStatus: 'In Development',
      raw: { effort: 3 },
    });
  });

  it('keeps what is no text as Craft.io has it too, by what a write would set', () => {
    const own = {
      importance: { id: '9', name: 'High' },
      labels: ['a', 'b, c'],
      status: { id: '5', name: 'Idea' },
      customFields: [{ id: '1', values: ['ios', 'android'] }],
    };
    const from = (path: string) => ({ from: path, values: null, required: false });
    const drawn = { a: from('importance.id'), b: from('labels'), c: from('customFields.team'), d: from('status') };
    const item = itemWith({ customFields: [{ id: '1', name: 'team', value: 'ios, android' }] }, own);
    const kept = handedOverOf(item, pipelineWith(drawn));
    expect(kept.values).toMatchObject({ 'importance.id': '9', labels: 'a, b, c', 'customFields.team': 'ios, android' });
    expect(kept.raw).toEqual({
      importance: own.importance,
      labels: own.labels,
      'customFields.team': ['ios', 'android'],
    });
    expect(handedOverOf(itemWith(), pipelineWith())).not.toHaveProperty('raw');
  });

  it('finds no difference right after the lock', () => {
    expect(differingFields(handedOver, lockedItem(), pipeline)).toEqual([]);
  });

  it('names the paths whose values differ, empty and missing being the same', () => {
    const changed = lockedItem({ title: 'Light mode', description: null, customFields: [locked] }, { effort: '' });
    expect(differingFields(handedOver, changed, pipeline)).toEqual([
      'title',
      'description',
      'effort',
      'customFields.team',
    ]);
    const empty = handedOverOf(itemWith({ description: '' }), pipeline);
    expect(differingFields(empty, lockedItem({ description: null, customFields: [locked] }, {}), pipeline)).toEqual([]);
  });

  it('names the lock where it was undone: its field by name, its status', () => {
    const unlocked = lockedItem({ customFields: [team], status: { id: '6', name: 'Idea' } });
    expect(differingFields(handedOver, unlocked, pipeline)).toEqual(['dev_lock', 'status']);
  });

  it('does not compare the status where the lock writes none', () => {
    const silent = pipelineWith({}, { lock: { ...lock, status: null } });
    const before = handedOverOf(itemWith(), silent);
    expect(before.lockStatus).toBeNull();
    expect(differingFields(before, lockedItem({ status: { id: '6', name: 'Idea' } }), silent)).toEqual([]);
  });

  it('compares the status with name or id', () => {
    const byId = pipelineWith({}, { lock: { ...lock, status: '5' } });
    expect(differingFields(handedOverOf(itemWith(), byId), lockedItem(), byId)).toEqual([]);
  });

  it('does not take its own writes for drift: status, progress and lock fields that templates show', () => {
    const showing = pipelineWith({
      noteContent: { template: '{status} {updateTime} {customFields.dev_status} {customFields.2} {status.id}' },
    });
    const before = handedOverOf(itemWith(), showing);
    const after = lockedItem({ updateTime: '2027-01-01T00:00:00.000Z' });
    const pushed = { ...after, customFields: [...after.customFields, { id: '9', name: 'dev_status', value: 'To do' }] };
    expect(differingFields(before, pushed, showing)).toEqual([]);
  });

  it('writes the same text for the same hand-over, whatever the order of paths', () => {
    const values = { b: '1', a: null };
    const turned = { a: null, b: '1' };
    const rest = { lockField: 'x', lockStatus: null };
    expect(canonicalJson({ values, ...rest })).toBe(
      canonicalJson({ lockStatus: null, lockField: 'x', values: turned }),
    );
    expect(canonicalJson({ values, ...rest })).toBe('{"lockField":"x","lockStatus":null,"values":{"a":null,"b":"1"}}');
    expect(canonicalJson({ values: { ...values, a: '' }, ...rest })).not.toBe(canonicalJson({ values, ...rest }));
  });
});
