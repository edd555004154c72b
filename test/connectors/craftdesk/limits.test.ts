import { describe, expect, it } from 'vitest';
import { monthSpent, monthTold } from '../../../connectors/craftdesk/limits.js';
import type { Answer } from '../recorder.js';
import { call, craftdesk, draft, failing, writing } from './setUp.js';

const NOW = Date.UTC(2026, 10, 24, 12);
const HOUR = 3_600_000;
const seconds = (ms: number) => String(ms / 1_000);
const date = new Date(NOW).toUTCString();
/** How long a worker waits whose clock differs by `offMs` from the tool's. */
const wait = (headers: Record<string, string>, offMs = 0) =>
  monthSpent({ headers: { 'x-ratelimit-remaining': '0', ...headers } }, NOW + offMs);

describe('connectors/craftdesk/limits', () => {
  it.each([
    ['the reset, as the document shows it', { 'x-ratelimit-reset': seconds(NOW + 3 * HOUR) }, NOW + 3 * HOUR],
    ['a reset in milliseconds', { 'x-ratelimit-reset': String(NOW + HOUR) }, NOW + HOUR],
    ['the first of the next month where there is no reset', {}, Date.UTC(2026, 11, 1)],
    [
      'the first of the next month where the reset is no number',
      { 'x-ratelimit-reset': 'soon' },
      Date.UTC(2026, 11, 1),
    ],
    [
      'the first of the next month where the reset is years away',
      { 'x-ratelimit-reset': '9999999999' },
      Date.UTC(2026, 11, 1),
    ],
    ['a minute where the reset is past', { 'x-ratelimit-reset': seconds(NOW - HOUR) }, NOW + 60_000],
  ])('waits until %s', (_what, headers, expected) => {
    const spent = { forMs: expected - NOW, until: new Date(expected) };
    expect(wait(headers)).toEqual(spent);
    for (const offMs of [-HOUR, 0, HOUR]) expect(wait({ ...headers, date }, offMs)).toEqual(spent);
  });

  it('the month after December is January', () => {
    const lastMinute = new Date(Date.UTC(2026, 11, 31, 23, 59)).toUTCString();
    expect(wait({ date: lastMinute })).toEqual({ forMs: 60_000, until: new Date('2027-01-01T00:00:00.000Z') });
  });

  it.each([{ 'x-ratelimit-remaining': '1' }, { 'x-ratelimit-remaining': '' }, { 'x-ratelimit-remaining': 'none' }])(
    'learns nothing from %o',
    (headers) => {
      expect(wait(headers)).toBeNull();
    },
  );

  const reset = Math.floor(Date.now() / 1_000) + 86_400;
  const spent = { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) };
  const tooMany = (headers: Record<string, string>): Answer => ({
    status: 429,
    body: { message: 'Rate Limited', code: 429 },
    headers,
  });

  it('a 429 with nothing left waits for the reset, with the month spent', async () => {
    const { connector, pushedBack } = await craftdesk(() => tooMany({ ...spent, 'retry-after': '7' }));
    const error = await failing(connector.createItem(draft(), writing));
    expect(error).toMatchObject({ kind: 'rate-limited', details: { monthSpent: true, notSent: false } });
    const shown = `${new Date(reset * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    expect(error.message).toBe(
      `cd: POST /projects is over the tool's limit (status 429): Rate Limited: the month's calls are spent, goes on ${shown}`,
    );
    const forMs = reset * 1_000 - Date.now();
    expect(Math.abs((error.details.retryInMs ?? 0) - forMs)).toBeLessThan(2_000);
    expect(pushedBack.map(({ monthSpentUntil }) => monthSpentUntil)).toEqual([new Date(reset * 1_000)]);
  });

  it.each([
    ['Retry-After', { 'retry-after': '7' }, 7_000],
    ['a minute where there is no Retry-After', {}, 60_000],
  ])("a 429 with calls left is the minute's, and waits for %s", async (_what, headers, ms) => {
    const { connector, pushedBack } = await craftdesk(() =>
      tooMany({ ...spent, 'x-ratelimit-remaining': '12', ...headers }),
    );
    const error = await failing(connector.listIds('workspace', call));
    expect(error.details.monthSpent).toBeUndefined();
    expect(error.details.retryInMs).toBe(ms);
    expect(pushedBack).toEqual([{ ms, monthSpentUntil: undefined }]);
  });

  it('the last good answer of a month closes the budget before a 429 can come', async () => {
    const { connector, pushedBack } = await craftdesk(() => ({ body: { data: [] }, headers: spent }));
    expect(await connector.listIds('workspace', call)).toEqual([]);
    expect(pushedBack).toMatchObject([{ monthSpentUntil: new Date(reset * 1_000) }]);
  });

  it.each([
    ['a good answer', { body: { data: [] } }],
    ['a refusal', { status: 403, body: { message: 'no', code: 403 } }],
  ])('tells the budget how many calls of the month are left, with %s', async (_what, answer) => {
    const left = { ...spent, 'x-ratelimit-remaining': '412' };
    const { connector, pushedBack, told } = await craftdesk(() => ({ ...answer, headers: left }));
    await connector.listIds('workspace', call).catch(() => undefined);
    expect(told).toEqual([{ left: 412, limit: 1_000 }]);
    expect(pushedBack).toEqual([]);
  });

  it.each<[string, Record<string, string>, ReturnType<typeof monthTold>]>([
    ['nothing without the header', { 'x-ratelimit-limit': '1000' }, null],
    ['nothing from what is no number', { 'x-ratelimit-remaining': 'many' }, null],
    ['no limit where it names none', { 'x-ratelimit-remaining': '7' }, { left: 7, limit: null }],
    [
      'that nothing is left, where it is less than nothing',
      { 'x-ratelimit-remaining': '-3' },
      { left: 0, limit: null },
    ],
  ])('reads from the headers %s', (_what, headers, read) => {
    expect(monthTold({ headers })).toEqual(read);
  });
});
