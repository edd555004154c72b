import { describe, expect, it } from 'vitest';
import { scan } from './scan.js';

const KEY = 'Zk9+aBcD3eFgH/iJkL7mN=oP4qRsTuVwXyZ012345abc';
const rules = {
  secrets: [{ name: 'key', value: KEY }],
  itemWords: [{ name: 'title', value: 'Quokkaparade canary' }],
  mayHoldItems: (place: string) => place === 'ledger: item_link',
  mayHold: (secret: string, place: string) => secret === 'key' && place === 'state folder: kept/key',
};

describe('harness/scan/scan', () => {
  it('tells a leak from what is kept on purpose, by secret and by place', () => {
    const { hits, leaks } = scan(
      [
        { place: 'ledger: item_link', text: `Quokkaparade canary ${KEY.slice(0, 12)}` },
        { place: 'state folder: kept/key', text: `${KEY} quokkapa` },
        { place: 'logs', text: 'nothing' },
      ],
      rules,
    );
    expect(hits).toHaveLength(4);
    expect(leaks.map(({ what, place }) => `${what} in ${place}`)).toEqual([
      'key in ledger: item_link',
      'title in state folder: kept/key',
    ]);
  });

  it('reports where it looked, at how much, and what stood there, and shows no secret', () => {
    const { report } = scan(
      [
        { place: 'ledger: item_link', text: 'Quokkaparade canary', records: 3 },
        { place: 'state folder: kept/key', text: KEY },
        { place: 'state folder: kept/other', text: 'ä' },
        { place: 'logs', text: `x${KEY}` },
      ],
      rules,
    );
    const lines = report.split('\n').filter((line) => line.startsWith('│'));
    expect(
      lines.map((line) =>
        line
          .split('│')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['place', 'parts', 'records', 'characters', 'found'],
      ['ledger: item_link', '1', '3', '19', 'title (may)'],
      ['state folder: kept/…', '2', '2', '45', 'key (may)'],
      ['logs', '1', '1', '45', 'key LEAK'],
    ]);
    expect(report).not.toContain(KEY.slice(0, 8));
  });
});
