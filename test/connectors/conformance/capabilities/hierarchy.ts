/** What the port says of hierarchies: a parent is checked before the create, which then puts the item under it. */
import { describe, expect, it } from 'vitest';
import type { Hierarchy } from '../../../../connectors/port/capabilities.js';
import type { DevToolConnector } from '../../../../connectors/port/devTool.js';
import type { DevItemRef } from '../../../../domain/devItem.js';
import { draftFor, markerOf, read, writing } from '../calls.js';
import type { Subject, SubjectHierarchy } from '../subject.js';

export function hierarchy(subject: () => Subject): void {
  /** Null: the tool has no hierarchy, and there is nothing to promise. */
  const under = (): { connector: DevToolConnector; asked: Hierarchy; tool: SubjectHierarchy } | null => {
    const connector = subject().connect();
    const { hierarchy: asked } = connector;
    const tool = subject().hierarchy;
    if ((asked === undefined) !== (tool === undefined))
      throw new Error('the connector has a hierarchy and the harness makes no parent, or the other way round');
    return asked === undefined || tool === undefined ? null : { connector, asked, tool };
  };
  const refOf = (id: string): DevItemRef => ({ id, key: null, url: null, scope: subject().scope });

  describe('hierarchy', () => {
    it('accepts a parent that fits, without a write, and the create puts the item under it, the marker in its place', async () => {
      const has = under();
      const id = await has?.tool.parent();
      if (has === null || id === null || id === undefined) return;
      const { writes } = subject().counts();
      expect(await has.asked.accepts(subject().target, refOf(id), read)).toEqual({ accepted: true });
      expect(subject().counts().writes).toBe(writes);
      const draft = draftFor(subject(), markerOf(1), { parent: refOf(id) });
      const created = await has.connector.createItem(draft, writing());
      expect(created).toMatchObject({ showsMarker: true });
      expect(created.warnings ?? []).toEqual([]);
      expect(await has.tool.under(id)).toContain(created.item.id);
    });

    it('accepts no parent that does not exist, and none that does not fit, and says why', async () => {
      const has = under();
      if (has === null) return;
      const { writes } = subject().counts();
      for (const id of [subject().unknownId, await has.tool.unfit()]) {
        const verdict = await has.asked.accepts(subject().target, refOf(id), read);
        expect(verdict).toMatchObject({ accepted: false });
        expect('why' in verdict && verdict.why).toMatch(/\S/);
      }
      expect(subject().counts().writes).toBe(writes);
    });

    it('an item without a parent is under nothing', async () => {
      const has = under();
      const id = await has?.tool.parent();
      if (has === null || id === null || id === undefined) return;
      const { item } = await has.connector.createItem(draftFor(subject(), markerOf(2)), writing());
      expect(await has.tool.under(id)).not.toContain(item.id);
    });
  });
}
