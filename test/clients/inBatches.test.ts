import { describe, expect, it } from 'vitest';
import { inBatches } from '../../clients/inBatches.js';

describe('clients/inBatches', () => {
  it('calls for every item although some fail, and then says how many and why', async () => {
    const called: number[] = [];
    const call = (n: number): Promise<unknown> => {
      called.push(n);
      return n % 20 === 3 ? Promise.reject(new Error(`no run ${n}`)) : Promise.resolve();
    };
    const items = Array.from({ length: 50 }, (_, n) => n);
    await expect(inBatches(items, call)).rejects.toThrow('3 of 50 items could not be reached, the first: no run 3');
    expect(called).toEqual(items);
  });

  it('leaves the failure of a single item as it is', async () => {
    const error = new Error('no server');
    await expect(inBatches([1], () => Promise.reject(error))).rejects.toBe(error);
    await expect(inBatches([], () => Promise.reject(error))).resolves.toBeUndefined();
  });
});
