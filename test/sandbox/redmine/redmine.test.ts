/** The sandbox's Redmine: what a real one answers (test/redmine/behaviour.ts), and what only the sandbox refuses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedmineSystem } from '../../../sandbox/redmine/index.js';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.js';
import { inRedmine } from '../../harness/deployment/tools/redmine.js';
import { ask, redmineBehaviour, type RedminePlace } from '../../redmine/behaviour.js';

function worldOf(sandbox: Sandbox): RedmineSystem['world'] {
  return sandbox.world.tools.redmine.world;
}

describe('sandbox/redmine/redmine', () => {
  let sandbox: Sandbox;
  let place: RedminePlace;
  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, items: 0 });
    const { baseUrl, apiKey, ids } = sandbox.tools.redmine;
    const plain = worldOf(sandbox).addField({ name: 'Unfiltered' });
    const day = worldOf(sandbox).addField({ name: 'Day', format: 'date' });
    const edit = { title: 'By hand' };
    place = {
      baseUrl,
      apiKey,
      projectId: Number(ids['project Mobile']),
      identifier: 'mobile',
      filterField: Number(ids['field Craft ID']),
      plainField: plain.number,
      dateField: day.number,
      create: () => inRedmine(sandbox, { action: 'create', place: 'mobile', edit }),
      close: (id) => void inRedmine(sandbox, { action: 'move', id, status: 'Closed' }),
    };
  });
  afterAll(() => sandbox.close());
  redmineBehaviour(() => place);

  describe('beyond what a real one can be asked', () => {
    it('refuses what Redmine would ignore: names that are not documented', async () => {
      expect((await ask(place, 'GET', '/issues.json?upated_on=x')).body.errors[0]).toContain('no parameter upated_on');
      const wrong = { issue: { project_id: 1, subject: 'x', tracker: 1 } };
      expect((await ask(place, 'POST', '/issues.json', wrong)).status).toBe(422);
      expect((await ask(place, 'GET', '/nothing.json')).status).toBe(404);
    });

    it('takes only JSON', async () => {
      const headers = { 'X-Redmine-API-Key': place.apiKey, 'content-type': 'text/plain' };
      const answer = await fetch(`${place.baseUrl}/issues.json`, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(415);
    });

    it('shows lists late when they lag, and single issues at once', async () => {
      sandbox.faults.add({ listLagMs: { redmine: 60_000 } });
      const made = await ask(place, 'POST', '/issues.json', {
        issue: { project_id: place.projectId, subject: 'Late' },
      });
      const { id } = made.body.issue;
      expect((await ask(place, 'GET', `/issues.json?status_id=*&issue_id=${id}`)).body.total_count).toBe(0);
      expect((await ask(place, 'GET', `/issues/${id}.json`)).status).toBe(200);
      sandbox.faults.clear();
      expect((await ask(place, 'GET', `/issues.json?status_id=*&issue_id=${id}`)).body.total_count).toBe(1);
    });

    it('lets anybody read if its administrator allows it, and shows nothing to strangers otherwise', async () => {
      const redmine = worldOf(sandbox);
      const stranger = { ...place, apiKey: 'wrong' };
      redmine.set({ loginRequired: false });
      expect(await ask(stranger, 'GET', '/issues.json')).toMatchObject({ status: 200, body: { issues: [] } });
      expect((await ask(stranger, 'GET', '/users/current.json')).status).toBe(401);
      redmine.set({ restEnabled: false });
      expect((await ask(place, 'GET', '/users/current.json')).status).toBe(403);
      redmine.set({ loginRequired: true, restEnabled: true });
    });

    it('a developer finds what was delivered, moves it, and cannot do what does not exist', () => {
      const { side } = sandbox.world.tools.redmine;
      const id = inRedmine(sandbox, { action: 'create', place: 'web', edit: { title: 'Mine' } });
      expect(side.isDelivered(id)).toBe(false);
      inRedmine(sandbox, { action: 'comment', id, text: 'On it' });
      inRedmine(sandbox, { action: 'move', id: `#${id}`, status: 'In Progress' });
      expect(side.card(id)).toMatchObject({ place: 'web', status: 'In Progress', comments: [{ text: 'On it' }] });
      expect(side.do({ action: 'move', id, status: 'Nowhere' })).toMatchObject({ status: 'refused' });
      inRedmine(sandbox, { action: 'delete', id });
      expect(side.card(id)).toBeNull();
    });
  });
});
