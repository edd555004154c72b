import { describe, expect, it } from 'vitest';
import { shortKeys } from '../../../clients/check/findings.js';
import { configurationText, load } from '../../fixtures/configurationFile.js';

describe('clients/check/findings', () => {
  it('warns of a key that is too short to be taken out of messages', () => {
    const craft = '{ baseUrl: "https://c.test", apiKey: long-enough }';
    expect(shortKeys(load(configurationText({ craft })))).toEqual([
      {
        level: 'warning',
        where: 'devTools.km.apiKey',
        message: 'has fewer than 8 characters, too few to be taken out of messages and logs: use a longer key',
      },
    ]);
  });
});
