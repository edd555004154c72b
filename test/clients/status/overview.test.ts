import { describe, expect, it } from 'vitest';
import type { ItemLink } from '../../../domain/link.js';
import { renderOverview as render, type Overview, type PhaseCount } from '../../../clients/status/overview.js';
import type { Terminal } from '../../../clients/terminal.js';
import type { SweepRecord } from '../../../ledger/ledger.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { recordedTerminal } from '../../harness/terminal.js';
import { wordsOf } from '../../harness/words.js';

const plain = recordedTerminal();
const settings = settingsOf([pipelineOf('mobile')]);

/** As if these links were all. */
function renderOverview(terminal: Terminal, given: Omit<Overview, 'counts'>): string {
  return render(terminal, { ...given, counts: given.links.map(countOf) });
}

function countOf({ pipeline, phase, blockedBy }: ItemLink): PhaseCount {
  return { pipeline, phase, blockedBy, count: 1 };
}

function sweepOf(own: Partial<SweepRecord>): SweepRecord {
  const at = '2026-01-01T10:00:00.000Z';
  const none = { result: null, heldBack: null, trouble: null, troubleSince: null };
  return { scheduleId: 'ready-sweep:mobile', startedAt: at, endedAt: at, ...none, ...own };
}

describe('clients/status/overview', () => {
  const overview = { paused: [], sweeps: [], submissions: [], settings, pipeline: null };

  it('shows first what needs a person, with what to do', () => {
    const blocked = followedLink({
      phase: 'blocked',
      blockedBy: 'missing-field',
      lastError: 'Effort is empty',
      craftShortId: 'MOB-9',
    });
    const text = renderOverview(plain, { ...overview, links: [followedLink(), blocked] });
    expect(text.indexOf('1 thing that needs a person')).toBe(0);
    expect(text).toMatch(/MOB-9 +mobile +blocked \(missing-field\) +Effort is empty +Fill the field in Craft\.io/);
    expect(text).toMatch(/mobile +following +1/);
  });

  it.each([
    [
      'drift',
      followedLink({ drift: true, driftFields: ['title'] }),
      /drift +changed in Craft\.io since the hand-over: title/,
    ],
    ['a duplicate', followedLink({ duplicate: true, duplicateDevItems: ['w2'] }), /duplicate +further dev items: w2/],
    [
      'an orphan',
      followedLink({ phase: 'orphaned' }),
      /orphaned +KM-1 no longer exists in km +Decide: `craftsync recreate`/,
    ],
    [
      'an item on which alone the tool fails, while it is still tried',
      followedLink({ phase: 'creating', blockedBy: 'refused', lastError: 'It fails on this item alone' }),
      /creating \(refused\) +It fails on this item alone +The last error says/,
    ],
    ['a pause', followedLink({ phase: 'paused', blockedBy: 'operator' }), /paused \(operator\) +paused by an operator/],
  ])('counts %s as something that needs a person', (_what, link, expected) => {
    expect(renderOverview(plain, { ...overview, links: [link] })).toMatch(expected);
  });

  it('tells of a refused comparison of markers once, and not for each item that waits for it', () => {
    const why = 'the markers in km cannot be compared';
    const waits = { blockedBy: 'refused', blockedUntil: '2026-11-30T22:09:31.207Z', lastError: why } as const;
    const link = followedLink({ phase: 'creating', devItemId: null, sentAt: null, ...waits });
    const text = wordsOf(renderOverview(plain, { ...overview, links: [link] }));
    expect(text).toMatch(/^Nothing needs a person/);
    expect(text).toMatch(/mobile creating 1 1 \(refused\)/);
  });

  it('shows a refused pipeline first, as one line with how many items wait and what to do', () => {
    const refused = { pipeline: 'mobile', step: 'create', items: ['a'], admitted: [], settings: null } as const;
    const message = '5 items in a row were refused in the same way: no status';
    const pause = {
      connection: 'pipeline:mobile',
      reason: 'pipeline-paused',
      message,
      since: '2026-01-01T10:00:00.000Z',
    } as const;
    const links = Array.from({ length: 895 }, () => followedLink({ phase: 'creating', blockedBy: 'pipeline-paused' }));
    const text = renderOverview(plain, { ...overview, links, paused: [{ ...pause, writeRefused: false, refused }] });
    expect(text.indexOf('Paused pipelines')).toBe(0);
    expect(text).toMatch(
      /mobile +2026-01-01 10:00\S* +895 +5 items in a row .*no status +correct it .*craftsync resume mobile/,
    );
    expect(text).not.toMatch(/Paused connections|need a person/);
  });

  it('shows held-back sweeps and paused connections before everything else', () => {
    const since = '2026-01-01T10:00:00.000Z';
    const text = renderOverview(plain, {
      ...overview,
      links: [followedLink()],
      paused: [{ connection: 'km', reason: 'mass-deletion', message: '6 of 20 are gone', since, writeRefused: false }],
      sweeps: [sweepOf({ heldBack: 'mass-creation: 1001 new items' })],
    });
    expect(text).toMatch(
      /^Paused connections\n[^]*craftsync resume km[^]*Held-back sweeps\n[^]*mass-creation: 1001[^]*following/,
    );
  });

  it('never says that nothing needs a person beside a paused connection or a sweep that is stuck', () => {
    const links = [followedLink()];
    const since = '2026-01-01T10:00:00.000Z';
    const paused = [{ connection: 'craft', reason: 'connection', message: '403', since, writeRefused: false }] as const;
    const troubles = [
      { paused },
      { sweeps: [sweepOf({ heldBack: 'mass-creation: 1001 new items' })] },
      { sweeps: [sweepOf({ trouble: 'craft: it answered with HTML' })] },
    ];
    for (const trouble of troubles)
      expect(renderOverview(plain, { ...overview, links, ...trouble })).not.toContain('Nothing needs a person.');
    expect(renderOverview(plain, { ...overview, links })).toContain('Nothing needs a person.');
  });

  it.each([
    ['a value', 'craft: PUT was refused with status 400', /A value: correct it in Craft\.io or in the configuration/],
    ['the right to see one item', 'craft: GET /item/{id} was refused with status 403', /give it to the key/],
  ])('an item that alone was refused %s needs a person, and is told what fits', (_what, lastError, advice) => {
    const refused = followedLink({ phase: 'blocked', blockedBy: 'refused', lastError });
    const text = wordsOf(renderOverview(plain, { ...overview, links: [refused] }));
    expect(text).toMatch(/^1 thing that needs a person .*blocked \(refused\)/);
    expect(text).toMatch(advice);
  });

  it('says that webhooks have gone silent, once enough changes came without one', () => {
    const since = '2026-01-01T14:30:00.000Z';
    const silence = { devTool: 'km', changes: 12, sweeps: 3, since, lastDelivery: '2026-01-01T14:02:00.000Z' };
    const links = [followedLink()];
    expect(renderOverview(plain, { ...overview, links, silences: [silence] })).toMatch(
      /^1 thing that needs a person\n[^]*km: 12 changes since 2026-01-01 14:30 UTC came without a webhook; last delivery 2026-01-01 14:02 UTC/,
    );
    for (const few of [{ changes: 4 }, { sweeps: 1 }, { devTool: 'other' }])
      expect(renderOverview(plain, { ...overview, links, silences: [{ ...silence, ...few }] })).toMatch(
        /^Nothing needs a person\./,
      );
  });

  it('a pipeline whose markers cannot be compared needs a person once, with the reason and the command that helps', () => {
    const waiting = { phase: 'creating', blockedBy: 'bad-answer', lastError: 'as above' } as const;
    const links = [followedLink(waiting), followedLink({ ...waiting, craftShortId: 'MOB-2' })];
    const trouble = { reason: 'bad-answer', why: 'there are items that cannot be read' } as const;
    const open = { pipeline: 'mobile', devTool: 'km', trouble, failures: 1, underWayMs: null, againInMs: 30_000 };
    const text = wordsOf(renderOverview(plain, { ...overview, links, comparisons: [open] }));
    expect(text).toMatch(
      /^1 thing that needs a person .*km mobile not compared \(bad-answer\) .*there are items that cannot be read.* craftsync apply --accept\./,
    );
    const others = [
      { ...open, trouble: null, underWayMs: 1_000 },
      { ...open, pipeline: 'web' },
      { ...open, trouble: { reason: 'month-spent', why: 'the calls of the month are spent' }, failures: 1 } as const,
    ];
    for (const comparison of others) {
      const shown = renderOverview(plain, { ...overview, pipeline: 'mobile', links, comparisons: [comparison] });
      expect(shown).toMatch(/^Nothing needs a person\./);
    }
  });

  it('says what to do first where there is nothing yet', () => {
    expect(renderOverview(plain, { ...overview, links: [] })).toContain('No items yet: craftsync preview mobile');
  });

  it('prints the intervals in force and how each sweep ended', () => {
    const sweeps = [sweepOf({ result: { found: 3, started: 1, known: 2, failed: 0 } })];
    const text = renderOverview(plain, { ...overview, links: [followedLink()], sweeps });
    expect(text).toMatch(/ready-sweep:mobile +1 hour +2026-01-01 10:00:00 +3 found, 1 started, 2 known, 0 failed/);
    expect(text).toMatch(/progress-sweep:km +5 minutes +never run/);
  });

  it('shows a sweep that keeps failing, and what a finished one could not read', () => {
    const failing = sweepOf({ trouble: 'craft: it answered with HTML', troubleSince: '2026-01-01T11:00:00.000Z' });
    const troubled = renderOverview(plain, { ...overview, links: [followedLink()], sweeps: [failing] });
    expect(troubled).toMatch(
      /^Sweeps in trouble\n[^]*ready-sweep:mobile +2026-01-01 11:00:00 +craft: it answered with HTML[^]*following/,
    );
    expect(troubled).toMatch(/ready-sweep:mobile +1 hour +2026-01-01 10:00:00 +in trouble/);
    const ended = sweepOf({ result: { found: 1, failed: 1, problems: ['MBK-7: id is null'] } });
    const text = renderOverview(plain, { ...overview, links: [followedLink()], sweeps: [ended] });
    expect(text).toContain('not readable: MBK-7: id is null');
  });
});
