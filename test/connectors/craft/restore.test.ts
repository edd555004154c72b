import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../../connectors/craft/dialects.js';
import { toRestore } from '../../../connectors/craft/restore.js';
import type { CraftRestoration } from '../../../domain/craftItem.js';
import { handedOverOf } from '../../../domain/rules/drift.js';
import { itemWith, pipelineWith } from '../../fixtures/craftItems.js';

type Dialect = 'guide' | 'swagger';

/** One path, for an item that was handed over with `then` and has `now`; `isOld`: the row has only texts. */
function restored(dialect: Dialect, path: string, then: unknown, now: unknown, isOld = false): CraftRestoration {
  const name = path.split('.')[0] ?? path;
  const drawn = pipelineWith({ drawn: { from: path, values: null, required: false } });
  const { raw, ...texts } = handedOverOf(itemWith({}, { [name]: then }), drawn);
  const handedOver = isOld || raw === undefined ? texts : { ...texts, raw };
  return toRestore(dialectOf({ dialect }), itemWith({}, { [name]: now }), handedOver, [path]);
}

const HIGH = { id: '9', name: 'High' };
const LOW = { id: '8', name: 'Low' };
const ANN = { id: '1', team: 'Core', user: 'Ann' };
const BOB = { id: '2', team: 'Web', user: 'Bob' };

describe('connectors/craft/restore', () => {
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ['effort', 3, null, 3, 3],
    ['estimatedHours', 0.5, 2, 0.5, 0.5],
    ['effort', '3', 5, 3, 3],
    ['kano', 'basic', 'delighter', 'basic', 'basic'],
    ['actualStartDate', '2026-11-01T00:00:00.000Z', null, '2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['actualEndDate', null, '2026-11-01T00:00:00.000Z', null, null],
    ['labels', ['a', 'b, c'], [], ['a', 'b, c'], ['a', 'b, c']],
    ['importance', HIGH, LOW, 'High', { id: '9' }],
    ['importance.name', HIGH, null, 'High', { id: '9' }],
    ['importance.id', HIGH, LOW, 'High', { id: '9' }],
    ['importance', null, LOW, null, null],
    ['sprint', { ...HIGH, startDate: '2026-11-01' }, LOW, 'High', { id: '9' }],
    ['persona', { ...HIGH, position: 'x' }, LOW, 'High', { id: '9' }],
  ])('restores %s: it was %j and is %j', (path, then, now, guide, swagger) => {
    const name = path.split('.')[0] ?? path;
    expect(restored('guide', path, then, now)).toEqual({ customFields: {}, properties: { [name]: guide }, left: [] });
    expect(restored('swagger', path, then, now).properties).toEqual({ [name]: swagger });
  });

  it.each<[string, unknown, unknown, unknown]>([
    ['parent', { id: '7', title: 'Theming' }, null, { id: '7' }],
    ['parent.shortId', { id: '7', title: 'Theming', shortId: 'CRK-7' }, { id: '6' }, { id: '7' }],
    ['assignee', ANN, BOB, ANN],
    ['assignee', { id: '1', team: 'Core' }, BOB, { id: '1', team: 'Core' }],
    ['assignee', null, BOB, null],
    ['personas', [HIGH, LOW], [], [{ id: '9' }, { id: '8' }]],
  ])(
    'restores %s in the form of the Swagger, and not in the guide, which has no form for it',
    (path, then, now, value) => {
      const name = path.split('.')[0] ?? path;
      expect(restored('swagger', path, then, now)).toMatchObject({ properties: { [name]: value }, left: [] });
      expect(restored('guide', path, then, now)).toMatchObject({ properties: {}, left: [{ path }] });
    },
  );

  it.each([
    ['type', 'Feature', 'Story'],
    ['shortId', 'CRK-1', 'CRK-2'],
    ['webUrl', 'https://a.example', 'https://b.example'],
    ['createdBy', HIGH, LOW],
    ['constructor', 'x', 'y'],
    ['title', null, 'Mine'],
    ['importance.name', { id: '9', name: 'High' }, { id: '9', name: 'Highest' }],
    ['effort', 'a lot', 5],
  ])('leaves %s, which was %j and is %j, to people, and says why', (path, then, now) => {
    for (const dialect of ['guide', 'swagger'] as const) {
      const { properties, left } = restored(dialect, path, then, now);
      expect(properties).toEqual({});
      expect(left).toEqual([{ path, why: expect.stringMatching(/^[^"]{10,}$/) as string }]);
    }
  });

  it('empties a number in the guide, and not in the Swagger, whose type has no null', () => {
    expect(restored('guide', 'effort', null, 3).properties).toEqual({ effort: null });
    expect(restored('swagger', 'effort', null, 3)).toMatchObject({ properties: {}, left: [{ path: 'effort' }] });
  });

  it('makes no id from a name when a row of an older release has only that', () => {
    expect(restored('guide', 'importance', HIGH, LOW, true).properties).toEqual({ importance: 'High' });
    expect(restored('swagger', 'importance', HIGH, LOW, true)).toMatchObject({ properties: {}, left: [{}] });
    expect(restored('swagger', 'importance.id', HIGH, LOW, true).properties).toEqual({ importance: { id: '9' } });
    expect(restored('swagger', 'labels', ['a', 'b'], ['c'], true).properties).toEqual({ labels: ['a', 'b'] });
  });
});
