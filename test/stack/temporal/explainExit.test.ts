import { describe, expect, it } from 'vitest';
import { explainExit } from '../../../stack/temporal/explainExit.js';

describe('stack/temporal/explainExit', () => {
  const explain = (line: string) =>
    explainExit({ failure: 'it ended (exit code 1)', lines: ['', line], databaseFile: '/s/temporal.db', port: 7233 });

  it.each([
    ['listen tcp 127.0.0.1:7233: bind: address already in use', /port 7233 .* --temporal-port/],
    ['write /s/temporal.db: no space left on device', /no disk space is left for \/s\/temporal.db; free some/],
    ['database is locked (5)', /another process uses \/s\/temporal.db/],
    ['unable to open database file: permission denied', /\/s\/temporal.db cannot be written/],
    ['error creating namespace: SQL logic error: no such table: namespaces (1)', /written by another version/],
    ['something nobody foresaw', /its last line: something nobody foresaw/],
  ])('turns %j into what to do', (line, expected) => {
    expect(explain(line).message).toMatch(expected);
  });
});
