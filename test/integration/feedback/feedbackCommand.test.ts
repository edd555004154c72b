/** The commands `feedback list` and `feedback submit`, as a person or a script runs them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../../harness/deployment/deployment.js';

let deployment: TestDeployment;
/** Each test submits feedback of its own title. */
let title = '';
let tests = 0;
beforeAll(async () => {
  deployment = await startDeployment({ items: 0 });
}, 60_000);
beforeEach(() => {
  tests += 1;
  title = `Faster ${tests}`;
});
afterEach(() => {
  deployment.sandbox.faults.clear();
});
afterAll(async () => {
  await deployment.close();
}, 60_000);

const submit = (...more: string[]) => {
  const content = ['--portal', 'Ideas for Northwind', '--title', title, '--description', 'Much.'];
  return deployment.run('feedback', 'submit', ...content, ...more);
};
const stored = () => [...deployment.sandbox.world.craft.feedback.items.values()].filter((item) => item.title === title);

describe('integration/feedback/feedbackCommand', { timeout: 120_000 }, () => {
  it('lists the portals with their categories, and the feedback of one', async () => {
    const since = deployment.sandbox.records.list().at(-1)?.seq ?? 0;
    const portals = JSON.parse((await deployment.run('feedback', 'list', '--json')).stdout) as { name: string }[];
    expect(portals).toMatchObject([{ name: 'Ideas for Northwind', categories: [{ name: 'Payments' }, {}, {}] }]);
    const { stdout } = await deployment.run('feedback', 'list', '--portal', deployment.sandbox.craft.feedbackPortalId);
    expect(stdout).toContain('IDEA-1');
    expect(stdout).toContain('Paying a friend takes too many taps');
    expect(deployment.sandbox.records.list({ sinceSeq: since }).filter(({ write }) => write)).toEqual([]);
  });

  it('submits once for a key, and the same content once without one', async () => {
    const first = await submit('--key', 'ticket-7', '--category', 'Payments', '--json');
    expect(first.stderr).toBe('');
    const [feedback] = stored();
    expect(JSON.parse(first.stdout)).toMatchObject({ id: feedback?.id, key: 'ticket-7', new: true });
    expect(feedback?.description).toBe('Much.\n\nRef: cli/ticket-7');
    const again = await submit('--key', 'ticket-7');
    expect(again.stdout).toContain(feedback?.id);
    await submit();
    await submit();
    expect(stored()).toHaveLength(2);
  });

  it('goes on with a submission whose answer was lost, and creates nothing twice', async () => {
    const fault = { kind: 'lose-answer', applied: true, silence: 'reset' } as const;
    deployment.sandbox.faults.addRule({ mounts: ['craft-guide'], methods: ['POST'], next: 1, fault });
    const { stdout, stderr, exitCode } = await submit();
    expect([exitCode, stdout.includes(stored()[0]?.id ?? 'none')]).toEqual([0, true]);
    expect(stderr).toContain('the answer to the submission was lost');
    expect(stored()).toHaveLength(1);
  });

  it.each([
    [['--category', 'Payment'], 1, 'the nearest is "Payments"'],
    [['--key', 'a b'], 2, 'letters, digits'],
  ] as const)('refuses %s and says what is meant', async (more, code, words) => {
    const { stderr, exitCode } = await submit(...more);
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(stored()).toEqual([]);
  });

  it('names the nearest portal', async () => {
    const { stderr } = await deployment.run('feedback', 'list', '--portal', 'Ideas for Northwynd');
    expect(stderr).toContain('the nearest is "Ideas for Northwind"');
  });
});
