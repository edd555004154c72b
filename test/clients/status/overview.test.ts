import pc from 'picocolors';
import { describe, expect, it } from 'vitest';

import { isMappedAnew } from '../../../clients/apply/items.js';
import { renderFindings } from '../../../clients/check/command.js';
import { explain } from '../../../clients/failure.js';
import { renderPreview } from '../../../clients/preview/command.js';
import { renderItem } from '../../../clients/status/item.js';
import { renderOverview } from '../../../clients/status/overview.js';
import { renderTable } from '../../../clients/tables.js';
import { concealed, isColorful } from '../../../clients/terminal.js';
import { whyNotReady } from '../../../clients/verbs/resync.js';
import { ToolError } from '../../../domain/errors.js';
import type { SweepRecord } from '../../../ledger/ledger.js';
import { followedLink } from '../../fixtures/links.js';
import { pipelineOf, settingsOf } from '../../fixtures/settings.js';
import { recordedTerminal } from '../../harness/terminal.js';

const plain = recordedTerminal();
const settings = settingsOf([pipelineOf('mobile')]);

function sweepOf(own: Partial<SweepRecord>): SweepRecord {
  const at = '2026-01-01T10:00:00.000Z';
  const none = { result: null, heldBack: null, trouble: null, troubleSince: null };
  return { scheduleId: 'ready-sweep:mobile', startedAt: at, endedAt: at, ...none, ...own };
}

describe('clients/status/overview: tables', () => {
  it('has borders for people and columns for programs, without blanks at the end', () => {
    expect(renderTable(plain, ['a', 'b'], [['1', null]])).toBe('A  B\n1  -');
    expect(renderTable(recordedTerminal({ isTty: true }), ['a', 'b'], [['1', '2']])).toContain('│ 1 │ 2 │');
  });

  it('wraps its last column where the terminal is narrower', () => {
    const narrow = recordedTerminal({ isTty: true, width: 40 });
    const lines = renderTable(
      narrow,
      ['item', 'why'],
      [['MOB-1', 'a sentence that is far longer than the terminal is wide']],
    );
    expect(Math.max(...lines.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('takes out of a text what a terminal would obey, and keeps colours', () => {
    expect(renderTable(plain, ['a'], [['x\u001b[2Jy\u0007']])).toBe('A\nx [2Jy');
    expect(renderTable(plain, ['a'], [[pc.createColors(true).red('x')]])).toContain('\u001b[31mx');
  });
});

describe('clients/status/overview: terminal', () => {
  it('has no colours where NO_COLOR says so or nobody looks', () => {
    expect(isColorful({}, true)).toBe(true);
    expect(isColorful({ NO_COLOR: '1' }, true)).toBe(false);
    expect(isColorful({ NO_COLOR: '' }, true)).toBe(true);
    expect(isColorful({}, false)).toBe(false);
  });

  it('never shows a secret', () => {
    expect(concealed('key abcdef123 in a URL', ['abcdef123'])).toBe('key [secret] in a URL');
  });
});

describe('clients/status/overview: failure', () => {
  it('is one line with what to do, whatever was thrown', () => {
    const error = new ToolError('unauthorized', 'km: GET /spaces was answered\nwith 401.');
    expect(explain(error)).toBe(
      'km: GET /spaces was answered with 401. The key is not accepted: put a valid key into the configuration and restart the workers.',
    );
    expect(explain(new Error('broken'))).toBe('broken; LOG_LEVEL=debug shows where it happened');
  });
});

describe('clients/status/overview: status', () => {
  const overview = { paused: [], sweeps: [], submissions: [], settings, pipeline: null };

  it('says first what needs a person, with what to do', () => {
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
    ['a pause', followedLink({ phase: 'paused', blockedBy: 'operator' }), /paused \(operator\) +paused by an operator/],
  ])('counts %s among it', (_what, link, expected) => {
    expect(renderOverview(plain, { ...overview, links: [link] })).toMatch(expected);
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

  it('says under what needs a person that webhooks have gone silent, once it tells something', () => {
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

  it('says what to do first where there is nothing yet', () => {
    expect(renderOverview(plain, { ...overview, links: [] })).toContain('No items yet: craftsync preview mobile');
  });

  it('prints the intervals in force and how each sweep ended', () => {
    const sweeps = [sweepOf({ result: { found: 3, started: 1, known: 2, failed: 0 } })];
    const text = renderOverview(plain, { ...overview, links: [followedLink()], sweeps });
    expect(text).toMatch(/ready-sweep:mobile +1 hour +2026-01-01 10:00:00 +3 found, 1 started, 2 known, 0 failed/);
    expect(text).toMatch(/progress-sweep:km +5 minutes +never run/);
  });

  it('shows a sweep that does not come to its end, and what an ended one could not read', () => {
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

  it('shows one item in full, with the advice', () => {
    const link = followedLink({
      phase: 'blocked',
      blockedBy: 'status-unmapped',
      lastError: 'status "QA" has no entry',
    });
    const text = renderItem(plain, link, settings);
    expect(text).toContain('blocked (status-unmapped): Add the status to `progress.statuses`');
    expect(text).toMatch(/dev item +KM-1 \(w1\)/);
    expect(text).toMatch(/progress +Backlog/);
    expect(text).toMatch(/workflow +item-sync:mobile:2305843010635321210/);
  });
});

describe('clients/status/overview: check', () => {
  it('puts what is wrong first', () => {
    const text = renderFindings(plain, [
      { level: 'ok', where: 'craft', message: 'the key is accepted' },
      { level: 'wrong', where: 'pipelines.mobile.target.spaceId', message: 'there is no space "a"; did you mean "b"?' },
    ]);
    expect(text).toMatch(
      /^LEVEL +WHERE +MESSAGE\nwrong +pipelines\.mobile\.target\.spaceId .*did you mean "b"\?\nok +craft/,
    );
  });
});

describe('clients/status/overview: preview', () => {
  const preview = {
    pipeline: 'mobile',
    devTool: 'km',
    target: { spaceId: 'a' },
    malformed: [],
    maxNewPerSweep: 1,
    wouldHoldBack: true,
    staysReady: false,
    wrong: [{ level: 'wrong' as const, where: 'pipelines.mobile.target.spaceId', message: 'no such space' }],
    demanded: [{ name: 'Severity', why: 'required by the custom field 2 in Redmine' }],
    items: [
      {
        craftItemId: '1',
        shortId: 'MOB-1',
        outcome: 'create' as const,
        title: 'A title',
        description: 'x'.repeat(1_000),
        fields: { effort: 'medium' },
        marker: 'craftsync:mobile/1/1',
        notes: ['the description is cut'],
      },
      {
        craftItemId: '2',
        shortId: null,
        outcome: 'blocked' as const,
        reason: 'missing-field' as const,
        message: 'Effort is empty',
      },
    ],
  };

  it('shows each item field by field, cut where it is long, and what would be blocked and why', () => {
    const text = renderPreview(plain, preview);
    expect(text).toContain('MOB-1 (1)\n  title        A title\n');
    expect(text).toContain('… (700 more characters)');
    expect(text).toMatch(/effort +medium\n +marker +craftsync:mobile\/1\/1\n +target +km \{"spaceId":"a"\}/);
    expect(text).toMatch(/2 +missing-field +Effort is empty +Fill the field/);
    expect(text).toContain('2 items ready in mobile: 1 would be created, 1 blocked. Nothing was written.');
  });

  it('names what the tool demands and no field fills', () => {
    expect(renderPreview(plain, preview)).toMatch(
      /km demands what no field fills:[\s\S]*fields\.Severity +required by/,
    );
    expect(renderPreview(plain, { ...preview, demanded: [] })).not.toContain('demands');
  });

  it('names what is wrong in the configuration or the accounts', () => {
    expect(renderPreview(plain, preview)).toMatch(
      /Wrong in the conf[^]*pipelines\.mobile\.target\.spaceId +no such space/,
    );
    expect(renderPreview(plain, { ...preview, wrong: [] })).not.toContain('Wrong');
  });

  it('says that a sweep would hold back', () => {
    expect(renderPreview(plain, preview)).toContain(
      'more than maxNewPerSweep (1). If they are meant: craftsync sweep mobile --all',
    );
  });
});

describe('clients/status/overview: resync', () => {
  it('names each part of the readiness rule that does not hold', () => {
    const item = {
      id: '1',
      shortId: 'MOB-1',
      type: 'Epic',
      title: 't',
      description: null,
      webUrl: null,
      status: { id: 's', name: 'Draft' },
      parentId: null,
      updateTime: null,
      customFields: [{ id: 'c', name: 'team', value: 'web' }],
      properties: {},
    };
    const rule = { status: 'Ready', types: ['Story'], where: [{ field: 'customFields.team', equals: 'mobile' }] };
    expect(whyNotReady(item, rule)).toBe(
      'its status is "Draft", not "Ready"; its type is "Epic", none of "Story"; customFields.team is "web", not "mobile"',
    );
  });
});

describe('clients/status/overview: items', () => {
  const rule = pipelineOf('mobile', { statuses: { Done: 'Shipped' } }).progress;
  if (rule === null) throw new Error('no rule');

  it('takes an item as mapped anew where its value, its end or its block changes, and no other', () => {
    expect(isMappedAnew(followedLink(), rule)).toBe(false);
    expect(
      isMappedAnew(followedLink({ devStatus: 'Done', lastProgress: { dev_status: 'Done', dev_key: 'KM-1' } }), rule),
    ).toBe(true);
    expect(isMappedAnew(followedLink({ phase: 'blocked', blockedBy: 'status-unmapped' }), rule)).toBe(true);
    expect(isMappedAnew(followedLink({ phase: 'blocked', blockedBy: 'refused' }), rule)).toBe(false);
    expect(isMappedAnew(followedLink(), { ...rule, doneWhen: ['Backlog'] })).toBe(true);
    expect(isMappedAnew(followedLink({ lockedAt: null, devStatus: 'Done' }), rule)).toBe(false);
  });
});
