import { describe, expect, it } from 'vitest';
import { renderPreview } from '../../../clients/preview/command.js';
import { recordedTerminal } from '../../harness/terminal.js';

const plain = recordedTerminal();

describe('clients/preview/command', () => {
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

  it('names what the tool requires and no field fills', () => {
    expect(renderPreview(plain, preview)).toMatch(
      /km requires what no field fills:[\s\S]*fields\.Severity +required by/,
    );
    expect(renderPreview(plain, { ...preview, demanded: [] })).not.toContain('requires');
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
