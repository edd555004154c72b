/**
 * What is above and beside the workspaces: a portfolio with its initiatives, a feedback portal with what customers
 * wrote, and the names that each place gives its kinds of items.
 */
import type { CraftFieldType, CraftTerm } from '../craft/model.js';
import type { World } from '../world/world.js';
import { READY } from './craftItems.js';

/** The portfolio's fields: those that craftsync writes, and one more. */
const PORTFOLIO_FIELDS: readonly { name: string; type: CraftFieldType; values?: readonly string[] }[] = [
  { name: 'horizon', type: 'dropdown', values: ['now', 'next', 'later'] },
  { name: 'dev_status', type: 'text' },
  { name: 'dev_link', type: 'url' },
  { name: 'dev_key', type: 'text' },
  { name: 'dev_state', type: 'text' },
  { name: 'dev_lock', type: 'text' },
];

interface SeededInitiative {
  readonly title: string;
  readonly status: string;
  readonly horizon: 'now' | 'next' | 'later';
  readonly description: string;
}

const INITIATIVES: readonly SeededInitiative[] = [
  {
    title: 'One sign-in for every channel',
    status: READY,
    horizon: 'now',
    description: 'A customer who signed in on the phone is known in the branch and on the web, without a second code.',
  },
  {
    title: 'Payments under three seconds',
    status: READY,
    horizon: 'now',
    description: 'From “pay” to “paid” in under three seconds for nine of ten payments, also at the end of the month.',
  },
  {
    title: 'Paperless account opening',
    status: READY,
    horizon: 'next',
    description: 'An account is opened in ten minutes with an identity card and a phone; nothing is printed or posted.',
  },
  {
    title: 'Advice that is there before it is asked for',
    status: 'In Definition',
    horizon: 'later',
    description: 'The app speaks up when money sits idle or a limit comes near, and says what to do.',
  },
  {
    title: 'Branches as places to talk',
    status: 'New',
    horizon: 'later',
    description: 'Counters give way to tables; what was done at the counter is done by the customer beforehand.',
  },
];

const PORTAL_STATUSES = ['New', 'Under review', 'Planned', 'Shipped', 'Declined'] as const;
const PORTAL_CATEGORIES = ['Payments', 'Sign-in and security', 'Everything else'] as const;

interface SeededFeedback {
  readonly title: string;
  readonly description: string;
  readonly category: (typeof PORTAL_CATEGORIES)[number];
  readonly status: (typeof PORTAL_STATUSES)[number];
  readonly submitter: string;
  /** Title of the work item or initiative that it was linked to. */
  readonly linkedTo?: string;
}

const FEEDBACK: readonly SeededFeedback[] = [
  {
    title: 'Paying a friend takes too many taps',
    description: 'I type the same number every Friday. Let me pick the person I paid last week.',
    category: 'Payments',
    status: 'Planned',
    submitter: 'ruth.okafor@example.com',
    linkedTo: 'Show the last five recipients',
  },
  {
    title: 'A receipt my landlord accepts',
    description: 'A screenshot is not enough for him. He wants a document with both names on it.',
    category: 'Payments',
    status: 'Planned',
    submitter: 'm.lindqvist@example.com',
    linkedTo: 'Receipts as PDF for every transfer',
  },
  {
    title: 'The six-digit code never arrives abroad',
    description: 'In Portugal I was locked out for two days. Is there no other way to sign in?',
    category: 'Sign-in and security',
    status: 'Under review',
    submitter: 'jonas.w@example.com',
    linkedTo: 'Sign in with a passkey',
  },
  {
    title: 'Why was my payment declined?',
    description: 'The app only says “not possible”. I had enough money.',
    category: 'Payments',
    status: 'New',
    submitter: 'nadia.haddad@example.com',
  },
  {
    title: 'Opening an account for my mother',
    description: 'She has no printer and no patience. Can I do it for her on my phone?',
    category: 'Everything else',
    status: 'Under review',
    submitter: 'p.costa@example.com',
    linkedTo: 'Paperless account opening',
  },
  {
    title: 'Bring back the old colours',
    description: 'The new green is hard on my eyes.',
    category: 'Everything else',
    status: 'Declined',
    submitter: 'g.meyer@example.com',
  },
];

/** Default term → the place's own name for it; the second workspace builds capabilities. */
const DEFAULT_TERMS: readonly (readonly [string, string])[] = [
  ['Product', 'Products'],
  ['Epic', 'Epics'],
  ['Feature', 'Features'],
  ['Sub feature', 'Sub features'],
  ['Story', 'Stories'],
];
const BRANCH_TERMS: Readonly<Record<string, readonly [string, string]>> = { Feature: ['Capability', 'Capabilities'] };

const HOUR_MS = 3_600_000;

/** Makes the places, once for each world. */
export function seedPlaces(world: World): void {
  const { craft } = world;
  const [mobile, branch] = [...craft.workspaces.values()];
  for (const workspace of [mobile, branch]) {
    if (workspace === undefined) continue;
    for (const [single, plural] of DEFAULT_TERMS) {
      const custom = workspace === branch ? BRANCH_TERMS[single] : undefined;
      craft.terms.put(term(workspace.id, single, custom ?? [single, plural]));
    }
  }
  const workspaceIds = [...craft.workspaces.values()].map(({ id }) => id);
  const portfolio = craft.portfolios.put({ id: craft.newId(), name: 'Retail banking', prefix: 'RTL', workspaceIds });
  craft.terms.put(term(portfolio.id, 'Initiative', ['Initiative', 'Initiatives']));
  for (const { name, type, values } of PORTFOLIO_FIELDS) {
    craft.customFields.put({ id: craft.newId(), workspaceId: portfolio.id, name, type, values: values ?? [] });
  }
  const portal = craft.feedback.portals.put({ id: craft.newId(), name: 'Ideas for Northwind', prefix: 'IDEA' });
  for (const name of PORTAL_STATUSES) {
    craft.feedback.statuses.put({ id: craft.newId(), portalId: portal.id, name });
  }
  for (const name of PORTAL_CATEGORIES) {
    craft.feedback.categories.put({ id: craft.newId(), portalId: portal.id, name });
  }
}

function term(placeId: string, word: string, [customSingle, customPlural]: readonly [string, string]): CraftTerm {
  const category = word.toLowerCase().replace(' ', '_');
  return { id: `${placeId}/${category}`, placeId, category, default: word, customSingle, customPlural };
}

/** Fills the places, and again after a reset. */
export function seedInitiativesAndFeedback(world: World): void {
  const { craft } = world;
  const [portfolio] = craft.portfolios.values();
  const [portal] = craft.feedback.portals.values();
  if (portfolio === undefined || portal === undefined) return;
  const horizon = craft.field(portfolio.id, 'horizon');
  for (const [index, initiative] of INITIATIVES.entries()) {
    craft.createItem(
      {
        workspaceId: portfolio.id,
        type: 'Initiative',
        title: initiative.title,
        description: initiative.description,
        statusId: craft.statusNamed(initiative.status)?.id ?? null,
        customFields: horizon === undefined ? {} : { [horizon.id]: initiative.horizon },
        createdAtMs: world.base.nowMs() - (INITIATIVES.length - index) * 24 * HOUR_MS,
      },
      'seed',
    );
  }
  for (const [index, feedback] of FEEDBACK.entries()) seedFeedback(world, portal.id, feedback, FEEDBACK.length - index);
}

function seedFeedback(world: World, portalId: string, feedback: SeededFeedback, hoursAgo: number): void {
  const { craft } = world;
  const items = [...craft.items.values(), ...craft.initiatives.values()];
  const linked = items.find(({ title }) => title === feedback.linkedTo);
  const category = [...craft.feedback.categories.values()].find(
    (candidate) => candidate.portalId === portalId && candidate.name === feedback.category,
  );
  craft.feedback.create(
    {
      portalId,
      title: feedback.title,
      description: feedback.description,
      categoryId: category?.id ?? null,
      statusId: craft.feedback.statusNamed(portalId, feedback.status)?.id ?? null,
      submitter: feedback.submitter,
      linkedItemIds: linked === undefined ? [] : [linked.id],
      createdAtMs: world.base.nowMs() - hoursAgo * HOUR_MS,
    },
    'seed',
  );
}
