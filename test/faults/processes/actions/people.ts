/** What people do meanwhile: in Craft.io, in the dev tool, and with the commands of craftsync. */
import { setTimeout as sleep } from 'node:timers/promises';
import { seedReadyItems } from '../../../../sandbox/seeding/seedWorld.js';
import type { ActionFault, FaultKind } from '../plan/faults.js';
import type { Performance, Stage } from './stage.js';

type Of<K extends ActionFault['kind']> = Extract<ActionFault, { readonly kind: K }>;

/** Until the item has what the deed needs. */
const WAITS_FOR_MS = 6_000;
const LOOK_EVERY_MS = 100;

function itemOf(stage: Stage, number: number): string {
  return stage.wanted[number % stage.wanted.length] ?? '';
}

export function moreItems({ count }: Of<'more-items'>): Performance {
  return async (stage) => {
    const ids = seedReadyItems(stage.deployment.sandbox.world, count);
    stage.wanted.push(...ids);
    stage.note({ who: 'product manager', what: `${count} more items are ready`, kind: 'more-items', ok: true });
  };
}

export function inCraft(fault: Of<'craft-edited' | 'craft-unreadied' | 'craft-deleted' | 'craft-moved'>): Performance {
  return async (stage) => {
    const id = itemOf(stage, fault.item);
    const as = 'product-manager';
    switch (fault.kind) {
      case 'craft-edited':
        stage.act(
          { as, action: 'edit', id, edit: { title: 'Another title', description: 'And other words.' } },
          fault.kind,
        );
        return;
      case 'craft-unreadied':
        stage.act({ as, action: 'unready', id }, fault.kind);
        return;
      case 'craft-deleted':
        stage.act({ as, action: 'delete', id }, fault.kind);
        return;
      case 'craft-moved': {
        const [, other] = [...stage.deployment.sandbox.world.craft.workspaces.values()];
        if (other !== undefined) stage.act({ as, action: 'edit', id, edit: { workspaceId: other.id } }, fault.kind);
      }
    }
  };
}

export function inTool(fault: Of<'dev-edited' | 'dev-deleted' | 'dev-moved'>): Performance {
  return async (stage, go) => {
    go();
    const id = await devItem(stage, itemOf(stage, fault.item));
    if (id === null) return;
    const as = 'developer';
    switch (fault.kind) {
      case 'dev-edited': {
        const { side } = stage.deployment.sandbox.world.tools.kitemaker;
        const description = `${side.card(id)?.description ?? ''}\n\nSeen by the team.`;
        stage.act({ as, action: 'edit', id, edit: { title: 'Renamed by the team', description } }, fault.kind);
        return;
      }
      case 'dev-deleted':
        stage.act({ as, action: 'delete', id }, fault.kind);
        return;
      case 'dev-moved':
        stage.act({ as, action: 'move-place', id, place: 'WEB' }, fault.kind);
    }
  };
}

async function devItem(stage: Stage, craftItemId: string): Promise<string | null> {
  for (let waited = 0; waited < WAITS_FOR_MS; waited += LOOK_EVERY_MS) {
    const id = stage.devItemOf(craftItemId);
    if (id !== null) return id;
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

/** The commands themselves: what they refuse is no fault, but is noted. */
export function verb(fault: Of<'pause-and-resume' | 'release' | 'resync' | 'release-and-recreate'>): Performance {
  return async (stage, go) => {
    go();
    const id = itemOf(stage, fault.item);
    switch (fault.kind) {
      case 'pause-and-resume':
        await order(stage, 'pause', id, fault.kind);
        await sleep(fault.forMs);
        await order(stage, 'resume', id, null);
        return;
      case 'release':
      case 'resync':
        await order(stage, fault.kind, id, fault.kind);
        return;
      case 'release-and-recreate':
        if (await order(stage, 'release', id, fault.kind)) await order(stage, 'recreate', id, null);
    }
  };
}

async function order(stage: Stage, command: string, craftItemId: string, kind: FaultKind | null): Promise<boolean> {
  const atMs = Date.now();
  const { exitCode, stderr, stdout } = await stage.deployment.run(command, 'mobile', craftItemId, '--json');
  const ok = exitCode === 0;
  const what = `${command} ${craftItemId}: ${ok ? outcomeIn(stdout) : stderr.trim()}`;
  stage.note({ atMs, who: 'operator', what, kind, craftItemId, ok });
  return ok;
}

function outcomeIn(stdout: string): string {
  const { outcome, status } = JSON.parse(stdout) as { outcome?: string; status?: { phase?: string } };
  return `${outcome ?? 'done'}, ${status?.phase ?? ''}`;
}
