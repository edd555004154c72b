/** The capability `labels`: which items an intake takes in. Run for each tool that has it. */
import { describe, expect, it } from 'vitest';
import { read } from '../calls.js';
import { NO_HARNESS, type Subject } from '../subject.js';

export function labels(subject: () => Subject): void {
  describe('labels', () => {
    it('finds every item with the label by its name and by its id, with its texts, and no other', async () => {
      const { labelling, create, textsOf, connect } = subject();
      if (labelling === undefined) throw NO_HARNESS;
      const id = await create('Wanted by many');
      await create('Wanted by nobody');
      const label = await labelling.put(id, 'feedback');
      for (const word of ['feedback', label]) {
        const items = (await connect().labels?.items(word, read)) ?? [];
        expect(items.map((item) => item.id)).toEqual([id]);
        expect(items[0]).toMatchObject(await textsOf(id));
      }
    });

    it('finds items in every scope that the key sees, over all pages', async () => {
      const { labelling, create, moveAway, connect, otherScope } = subject();
      if (labelling === undefined) throw NO_HARNESS;
      if (otherScope === null) return;
      const ids: string[] = [];
      for (let n = 0; n < 60; n += 1) ids.push(await create(`Wish ${n}`));
      for (const id of ids) await labelling.put(id, 'feedback');
      const away = await create('Elsewhere');
      await moveAway(away);
      await labelling.put(away, 'feedback');
      const items = (await connect().labels?.items('feedback', read)) ?? [];
      expect(items.map(({ id }) => id).sort()).toEqual([...ids, away].sort());
    });

    it('refuses a label that exists nowhere, naming the nearest', async () => {
      const { labelling, create, connect } = subject();
      if (labelling === undefined) throw NO_HARNESS;
      await labelling.put(await create('Wanted'), 'feedback');
      const asked = connect().labels?.items('feedbck', read);
      await expect(asked).rejects.toMatchObject({ kind: 'invalid' });
      await expect(asked).rejects.toThrow('"feedback"');
    });
  });
}
