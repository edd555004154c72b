/** The capability `feedback`: a create of its own, found again by its marker. Run for each tool that has it. */
import { describe, expect, it } from 'vitest';
import { read, writing } from '../calls.js';
import { NO_HARNESS, type Subject } from '../subject.js';

const MARKER = 'craftsync:item-sync:mobile:1#feedback-1-7';
const LONGER = `${MARKER}0`;

export function feedback(subject: () => Subject): void {
  const given = { title: 'Too many taps', text: 'Every Friday.', person: 'ruth@example.com', marker: MARKER };
  const itemOf = async () => ({ id: await subject().create('An item'), key: null, url: null, scope: subject().scope });

  describe('feedback', () => {
    it('is linked with the item, ends with the marker exactly, and takes one write', async () => {
      const { feedbackOf, connect, counts } = subject();
      if (feedbackOf === undefined) throw NO_HARNESS;
      const item = await itemOf();
      const before = counts().writes;
      await connect().feedback?.submit(item, given, writing());
      expect(counts().writes - before).toBe(1);
      const [made, ...more] = await feedbackOf(item.id);
      expect(more).toEqual([]);
      expect(made?.title).toBe('Too many taps');
      expect(made?.text.startsWith('Every Friday.')).toBe(true);
      expect(made?.text.trimEnd().split('\n').at(-1)).toBe(MARKER);
    });

    it('is found by its marker, also after a lost answer, and not by a longer one', async () => {
      const { feedbackOf, connect, trouble, mend } = subject();
      if (feedbackOf === undefined) throw NO_HARNESS;
      const item = await itemOf();
      const capability = connect().feedback;
      expect(await capability?.find(item, MARKER, read)).toBe('absent');
      trouble('answer-lost', 'writes');
      await expect(capability?.submit(item, { ...given, marker: LONGER }, writing())).rejects.toMatchObject({
        kind: 'ambiguous',
      });
      mend();
      expect(await capability?.find(item, LONGER, read)).toBe('found');
      expect(await capability?.find(item, MARKER, read)).toBe('absent');
    });

    it('sends nothing once its deadline has passed', async () => {
      const { feedbackOf, connect } = subject();
      if (feedbackOf === undefined) throw NO_HARNESS;
      const item = await itemOf();
      const call = writing(() => true);
      await expect(connect().feedback?.submit(item, given, call)).rejects.toMatchObject({
        details: { notSent: true },
      });
      expect(await feedbackOf(item.id)).toEqual([]);
    });
  });
}
