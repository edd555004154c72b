/** What differs from `field.real.ts` where the marker is in the description. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMany, draftFor, failing, markerOf, read, writing } from '../connectors/conformance/calls.js';
import type { Subject } from '../connectors/conformance/subject.js';
import { realRedmine } from './conformance.js';

describe('redmine/description: the marker in the description', () => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await realRedmine('description').start();
  });
  afterEach(() => subject.close());

  const search = (n: number, generation = 1) => ({
    target: subject.target,
    marker: markerOf(n, generation),
    createdSince: new Date(Date.now() - 60_000).toISOString(),
  });

  it('is shown by the answer and found again, exactly, whatever came after it', async () => {
    const tool = subject.connect();
    const { item, showsMarker } = await tool.createItem(draftFor(subject, markerOf(60, 10)), writing());
    expect(showsMarker).toBe(true);
    await createMany(subject, 5, 'later');
    expect(await tool.findByMarker(search(60, 10), read)).toMatchObject({ answer: 'found', items: [{ id: item.id }] });
    expect(await tool.findByMarker(search(60, 1), read)).toEqual({ answer: 'absent' });
  });

  it('is found after its answer was lost, also in another project, and absent when it was never made', async () => {
    const tool = subject.connect();
    subject.trouble('answer-lost', 'writes');
    await failing(subject, tool.createItem(draftFor(subject, markerOf(61)), writing()));
    subject.mend();
    subject.trouble('request-lost', 'writes');
    await failing(subject, tool.createItem(draftFor(subject, markerOf(62)), writing()));
    subject.mend();
    const found = await tool.findByMarker(search(61), read);
    if (found.answer !== 'found') throw new Error(found.answer);
    await subject.moveAway(found.items[0]?.id ?? '');
    expect(await tool.findByMarker(search(61), read)).toMatchObject({
      answer: 'found',
      items: [{ scope: subject.otherScope }],
    });
    expect(await tool.findByMarker(search(62), read)).toEqual({ answer: 'absent' });
  });

  it('survives 1 MB of text', async () => {
    const tool = subject.connect();
    const draft = draftFor(subject, markerOf(63), { description: 'ä '.repeat(500_000) });
    expect((await tool.createItem(draft, writing())).showsMarker).toBe(true);
  });
});
