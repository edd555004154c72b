/**
 * The product items of the sandbox: a small banking app's workspace as a product manager would keep it.
 *
 * About half are ready for development. Two of the ready ones cannot be handed over until somebody completes them (one
 * has no description, one an effort that no table knows), to show what a blocked item looks like.
 */

export interface SeededItem {
  readonly type: 'Product' | 'Epic' | 'Feature' | 'Story';
  readonly title: string;
  readonly status: string;
  /** Title of the parent, which is earlier in the list. */
  readonly parent?: string;
  readonly description?: string;
  readonly effort?: number;
  readonly importance?: string;
  readonly team?: 'mobile' | 'web';
  readonly labels?: readonly string[];
}

export const READY = 'Ready for Development';

export const CRAFT_STATUSES = [
  'New',
  'In Definition',
  'In Review',
  READY,
  'In Development',
  'Done',
  'Cancelled',
] as const;

export const CRAFT_IMPORTANCES = ['Nice to have', 'Should have', 'Must have'] as const;

export const SEEDED_ITEMS: readonly SeededItem[] = [
  {
    type: 'Product',
    title: 'Everyday banking',
    status: 'In Definition',
    description: 'The app that customers open every day.',
  },
  {
    type: 'Epic',
    title: 'Payments that feel instant',
    status: 'In Definition',
    parent: 'Everyday banking',
    description: 'From “pay” to “paid” in under three seconds.',
  },
  {
    type: 'Epic',
    title: 'Signing in without fear',
    status: 'In Definition',
    parent: 'Everyday banking',
    description: 'Fewer passwords, fewer calls to support.',
  },
  {
    type: 'Feature',
    title: 'Pay a friend by phone number',
    status: READY,
    parent: 'Payments that feel instant',
    effort: 3,
    importance: 'Must have',
    team: 'mobile',
    labels: ['payments'],
    description:
      'As a customer I choose a contact and an amount; the money arrives at once.\n\n- contacts that bank with us come first\n- amounts over 500 ask for the second factor',
  },
  {
    type: 'Story',
    title: 'Show the last five recipients',
    status: READY,
    parent: 'Payments that feel instant',
    effort: 1,
    importance: 'Should have',
    team: 'mobile',
    labels: ['payments'],
    description: 'The five people paid most recently stand above the search field, newest first.',
  },
  {
    type: 'Story',
    title: 'Split a bill from a receipt photo',
    status: READY,
    parent: 'Payments that feel instant',
    effort: 2,
    importance: 'Nice to have',
    team: 'mobile',
    labels: ['payments', 'delight'],
    description: 'A photo of the receipt gives the lines; each line is dragged onto a person.',
  },
  {
    type: 'Story',
    title: 'Receipts as PDF for every transfer',
    status: READY,
    parent: 'Payments that feel instant',
    effort: 1,
    importance: 'Should have',
    team: 'mobile',
    description: 'One tap on a transfer shares a PDF with both names, the amount, the time and a reference.',
  },
  {
    type: 'Feature',
    title: 'Sign in with a passkey',
    status: READY,
    parent: 'Signing in without fear',
    effort: 3,
    importance: 'Must have',
    team: 'mobile',
    labels: ['security'],
    description:
      'Passkeys replace the six-digit code on devices that support them. The code stays as a fallback for ninety days.',
  },
  {
    type: 'Story',
    title: 'Tell me when a new device signs in',
    status: READY,
    parent: 'Signing in without fear',
    effort: 2,
    importance: 'Must have',
    team: 'mobile',
    labels: ['security'],
    description: 'A push message names the device, the city and the time, and offers “that was not me”.',
  },
  {
    type: 'Story',
    title: 'Freeze a card from the lock screen',
    status: READY,
    parent: 'Signing in without fear',
    effort: 2,
    importance: 'Should have',
    team: 'mobile',
    labels: ['security', 'cards'],
    description: 'A widget with one switch for each card; freezing needs no sign-in, thawing does.',
  },
  {
    type: 'Story',
    title: 'Dark mode that follows the system',
    status: READY,
    effort: 1,
    importance: 'Nice to have',
    team: 'mobile',
    labels: ['design'],
    description: 'All screens, charts included. Contrast at least 4.5 : 1.',
  },
  {
    type: 'Story',
    title: 'Search in transactions',
    status: READY,
    effort: 2,
    importance: 'Should have',
    team: 'mobile',
    description: 'Search by name, amount and note over all years; the first results within 300 ms.',
  },
  {
    type: 'Story',
    title: 'Notes on a transaction',
    status: READY,
    effort: 1,
    importance: 'Nice to have',
    team: 'mobile',
  },
  {
    type: 'Feature',
    title: 'Savings goals with round-ups',
    status: READY,
    effort: 8,
    importance: 'Should have',
    team: 'mobile',
    labels: ['savings'],
    description: 'Each payment is rounded up to the next euro; the difference goes to a goal.',
  },
  {
    type: 'Story',
    title: 'Currency of the trip',
    status: 'In Definition',
    effort: 2,
    importance: 'Should have',
    team: 'mobile',
    description: 'While abroad the home screen shows both currencies.',
  },
  {
    type: 'Story',
    title: 'Explain a declined payment',
    status: 'In Development',
    effort: 1,
    importance: 'Must have',
    team: 'mobile',
    labels: ['cards'],
    description: 'The reason in plain words and what to do next, within ten seconds.',
  },
  {
    type: 'Feature',
    title: 'Shared accounts for couples',
    status: 'In Definition',
    importance: 'Should have',
    team: 'mobile',
    description: 'Two people, one account, both see everything.',
  },
  {
    type: 'Story',
    title: 'Monthly report in the browser',
    status: READY,
    effort: 2,
    importance: 'Should have',
    team: 'web',
    labels: ['reports'],
    description: 'The web team builds this one: spending by category, with last month beside it.',
  },
  {
    type: 'Story',
    title: 'Export to the tax adviser',
    status: 'New',
    team: 'web',
    importance: 'Nice to have',
    description: 'A CSV file that the three common programs read.',
  },
  {
    type: 'Story',
    title: 'Animated confetti on payday',
    status: 'Cancelled',
    effort: 1,
    team: 'mobile',
    description: 'Decided against in the spring.',
  },
  {
    type: 'Feature',
    title: 'Standing orders that can pause',
    status: 'New',
    importance: 'Should have',
    team: 'mobile',
    description: 'Pause for one month without deleting the order.',
  },
];

const VERBS = [
  'Show',
  'Explain',
  'Speed up',
  'Simplify',
  'Remember',
  'Sort',
  'Share',
  'Protect',
  'Undo',
  'Preview',
] as const;
const THINGS = [
  'transfers',
  'card limits',
  'receipts',
  'standing orders',
  'exchange rates',
  'savings goals',
  'the home screen',
  'sign-in',
  'statements',
  'contacts',
] as const;
const WHEN = [
  'on a slow network',
  'for new customers',
  'after midnight',
  'on tablets',
  'with large text',
  'while abroad',
  'from a notification',
] as const;

/** The n-th of any number of ready items. Titles never repeat. */
export function manyReadyItem(n: number): SeededItem {
  const verb = VERBS[n % VERBS.length] ?? VERBS[0];
  const thing = THINGS[Math.floor(n / VERBS.length) % THINGS.length] ?? THINGS[0];
  const when = WHEN[Math.floor(n / (VERBS.length * THINGS.length)) % WHEN.length] ?? WHEN[0];
  return {
    type: n % 4 === 0 ? 'Feature' : 'Story',
    title: `${verb} ${thing} ${when} (${n + 1})`,
    status: READY,
    description: `Customers asked for it ${(n % 37) + 2} times: ${verb.toLowerCase()} ${thing} ${when}.`,
    effort: (n % 3) + 1,
    importance: CRAFT_IMPORTANCES[n % 3] ?? CRAFT_IMPORTANCES[0],
    team: 'mobile',
  };
}
