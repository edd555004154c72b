/** Each release says in its heading whether running workflows survive it, and its histories are replayed. */
import { describe, expect, it } from 'vitest';
import { recordedHistories, UNRELEASED } from '../replay/histories.js';
import { read } from './repository.js';

const HEADING =
  /^(?:Unreleased|(?<version>\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}) \((?:(?<survive>running workflows survive)(?:; [^()]+)?|(?<end>running workflows do not survive): [^()]+|no running workflows before it)\)$/;

interface Release {
  readonly heading: string;
  readonly body: string;
}

/** Newest first. */
const releases: readonly Release[] = read('CHANGELOG.md')
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = '', ...lines] = section.split('\n');
    return { heading, body: lines.join('\n') };
  });

const groupsOf = ({ heading }: Release) => HEADING.exec(heading)?.groups ?? {};

/** Under “Workflow compatibility”. */
const compatibilityOf = ({ body }: Release): string => /^### Workflow compatibility\n([\s\S]*)/m.exec(body)?.[1] ?? '';

describe('docs/changelog', () => {
  it('each heading says whether running workflows survive the release, and what else there is to know of it', () => {
    expect(releases.length).toBeGreaterThan(1);
    expect(releases.map(({ heading }) => heading).filter((heading) => !HEADING.test(heading))).toEqual([]);
    const silent = releases.filter((release) => !/^- /m.test(compatibilityOf(release)));
    expect(silent.map(({ heading }) => heading)).toEqual([]);
  });

  it('the section says the same as the heading', () => {
    const surviving = releases.filter((release) => groupsOf(release)['survive'] !== undefined);
    expect(surviving.filter((release) => !/^- Running workflows survive\b/m.test(compatibilityOf(release)))).toEqual(
      [],
    );
    const ending = releases.filter((release) => groupsOf(release)['end'] !== undefined);
    expect(ending.filter((release) => !/do not survive/.test(compatibilityOf(release)))).toEqual([]);
  });

  it('only the oldest release has no running workflows before it', () => {
    const first = releases.filter((release) =>
      Object.values(groupsOf(release)).every((group) => !/survive/.test(group ?? '')),
    );
    expect(first.map(({ heading }) => heading)).toEqual([releases.at(-1)?.heading]);
  });

  it('what is said to survive is replayed: the histories of the newest release are there, and belong to a release', () => {
    const versions = releases.flatMap((release) => groupsOf(release)['version'] ?? []);
    const recorded = [...new Set(recordedHistories().map(({ release }) => release))];
    expect(recorded.filter((release) => release !== UNRELEASED && !versions.includes(release))).toEqual([]);
    expect(recorded).toContain(versions[0]);
  });

  it('the patches of the code are named, so that a way back can list the runs that have them', () => {
    const [unreleased] = releases;
    expect(compatibilityOf(unreleased ?? { heading: '', body: '' })).toContain('`first-attempt-in-task`');
  });
});
