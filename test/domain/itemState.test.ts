import { describe, expect, it } from 'vitest';
import { nextStep, stepOf } from '../../domain/itemState.js';
import { linkWith } from '../fixtures/links.js';

const LINKED = { devItemId: '136975ca1bb5d800', linkedAt: '2026-11-21T10:00:00.000Z' } as const;

describe('domain/itemState', () => {
  it('checks an item that nothing was sent for', () => {
    expect(nextStep(linkWith())).toBe('check');
  });

  it('goes on with a create that was sent, whatever the phase says of waiting', () => {
    const sent = { sentAt: '2026-11-21T10:00:00.000Z' } as const;
    expect(nextStep(linkWith({ ...sent, phase: 'blocked' }))).toBe('create');
    expect(nextStep(linkWith({ ...sent, phase: 'checking' }))).toBe('create');
  });

  it('creates without another readiness check when an operator asked for a new generation', () => {
    expect(stepOf(linkWith({ generation: 2 }))).toBe('create');
  });

  it('locks what is linked and not locked', () => {
    expect(nextStep(linkWith({ ...LINKED, phase: 'blocked' }))).toBe('lock');
  });

  it('follows what is locked', () => {
    expect(nextStep(linkWith({ ...LINKED, lockedAt: '2026-11-21T10:00:01.000Z', phase: 'settling' }))).toBe('follow');
  });

  it.each(['done', 'released', 'not-ready'] as const)('ends in phase %s', (phase) => {
    expect(nextStep(linkWith({ ...LINKED, phase }))).toBe('end');
  });

  it.each(['paused', 'orphaned'] as const)('rests in phase %s until somebody says so', (phase) => {
    expect(nextStep(linkWith({ ...LINKED, phase }))).toBe('rest');
  });
});
