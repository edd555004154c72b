import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import type { ItemState } from '../../../domain/itemState.js';
import { detailsOf } from '../../../workflows/itemSync/display.js';

const ATTACK = '![p](http://evil.example/p.png) [Log in again](http://evil.example) www.evil.example';

const state: ItemState = {
  pipeline: 'mobile',
  craftItemId: ATTACK,
  shortId: ATTACK,
  phase: 'blocked',
  blockedBy: 'refused',
  blockedUntil: null,
  devTool: 'km',
  devItem: { id: ATTACK, key: ATTACK, url: 'javascript:alert(1)' },
  progress: ATTACK,
  drift: true,
  duplicate: true,
  lastError: ATTACK,
  workflowId: 'item-sync:mobile:a',
  updatedAt: '2026-11-24T14:02:00.000Z',
  next: 'rest',
  generation: 1,
  craftUrl: 'https://app.craft.io/a) ![p](http://evil.example/p.png',
  stateDue: false,
  linkedAt: null,
  settleInMs: null,
  duplicateDevItems: [ATTACK],
  driftFields: [ATTACK],
  timing: { sweepEveryMs: 1, settleForMs: 1, readAfterWriteMs: 1 },
};

describe('workflows/itemSync/display', () => {
  it('shows whatever others wrote as text: the one link leads to Craft.io', () => {
    const wait = { ms: 1, until: '2026-11-24T14:02:00.000Z', reason: null, why: ATTACK };
    for (const run of [{ wait: null }, { wait }]) {
      const rendered = marked.parse(detailsOf(state, run), { async: false, gfm: true });
      const links = [...rendered.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => href);
      expect(links).toEqual(['https://app.craft.io/a%29%20![p]%28http://evil.example/p.png'.replace('[p]', '%5Bp%5D')]);
      expect(rendered).not.toContain('<img');
      expect(rendered.match(/evil\.example\/p\.png/g)?.length).toBeGreaterThan(5);
    }
  });
});
