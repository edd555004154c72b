import { describe, expect, it } from 'vitest';
import { dayOf } from '../../connectors/redmine/dates.js';
import { isoTime, Time } from '../../connectors/times.js';

describe('connectors/times', () => {
  it.each([
    ['2023-06-20T21:00:00.000Z', '2023-06-20T21:00:00.000Z'],
    ['2023-06-20T21:00:00z', '2023-06-20T21:00:00Z'],
    ['2023-06-20T21:00Z', '2023-06-20T21:00:00Z'],
    ['2023-06-20T21:00:00+0200', '2023-06-20T21:00:00+02:00'],
    ['2023-06-20T21:00+02', '2023-06-20T21:00:00+02:00'],
    ['2023-06-20 21:00:00,5 -05:30', '2023-06-20T21:00:00.5-05:30'],
    [' 2023-06-20t21:00 ', '2023-06-20T21:00:00'],
  ])('%j is read as %j', (text, time) => {
    expect(isoTime(text)).toBe(time);
  });

  it.each(['2023-06-20', '2023-02-30T10:00Z', '2023-06-20T25:00Z', '20 June 2023', '', 'next week', '1687294800'])(
    '%j is no time',
    (text) => {
      expect(isoTime(text)).toBeNull();
    },
  );

  it('of a tool without an offset are refused: nobody knows which moment they are', () => {
    expect(Time.safeParse('2023-06-20T21:00:00').success).toBe(false);
    expect(Time.parse('2023-06-20T21:00:00+0200')).toBe('2023-06-20T21:00:00+02:00');
  });

  it.each(['2023-06-20T23:30:00+0200', '2023-06-20T21:30z', '2023-06-20 21:30Z'])(
    'the day of %j is that of its moment in the time zone',
    (moment) => {
      expect(dayOf(moment, 'Europe/Berlin')).toBe('2023-06-20');
      expect(dayOf(moment, 'Asia/Tokyo')).toBe('2023-06-21');
    },
  );
});
