/**
 * Where the documents are silent, a server may do one thing or another. Each such choice is a switch here, so that
 * tests can show that craftsync depends on none of them. Switches may be flipped while the sandbox runs.
 */
export interface Behaviour {
  /** What happens to custom fields that a PUT does not name; no document says. */
  craftCustomFields: 'merge' | 'replace';
  /** The guide shows no answer: an object with `items` and `metadata`, or a bare array. Guide dialect only. */
  craftGuideList: 'envelope' | 'array';
  /** No order is documented. `updated` moves an item to the front of the pages while they are being read. */
  craftOrder: 'created' | 'updated';
  /** `feedbackLinks` of an item: objects with id and title (the Swagger's), or ids alone. */
  craftFeedbackLinks: 'objects' | 'ids';
  /** No order is documented; the cursor "actually is" a work item number. */
  kitemakerOrder: 'ascending' | 'descending';
  /** No order is documented. `updated` moves a project to the front of the pages while they are being read. */
  craftdeskOrder: 'created' | 'updated';
  /** The plan whose limits are enforced (sources: CraftDesk). */
  craftdeskPlan: 'unlimited' | 'starter' | 'professional' | 'business';
}

const DEFAULTS: Behaviour = {
  craftCustomFields: 'merge',
  craftGuideList: 'envelope',
  craftOrder: 'created',
  craftFeedbackLinks: 'objects',
  kitemakerOrder: 'ascending',
  craftdeskOrder: 'created',
  craftdeskPlan: 'unlimited',
};

const CHOICES: { readonly [K in keyof Behaviour]: readonly Behaviour[K][] } = {
  craftCustomFields: ['merge', 'replace'],
  craftGuideList: ['envelope', 'array'],
  craftOrder: ['created', 'updated'],
  craftFeedbackLinks: ['objects', 'ids'],
  kitemakerOrder: ['ascending', 'descending'],
  craftdeskOrder: ['created', 'updated'],
  craftdeskPlan: ['unlimited', 'starter', 'professional', 'business'],
};

export function behaviourWith(changed: Partial<Behaviour>): Behaviour {
  return { ...DEFAULTS, ...changed };
}

/** Flips the switches that an admin request names. Returns what is wrong with the request; then nothing is flipped. */
export function changeBehaviour(behaviour: Behaviour, wanted: unknown): string | null {
  if (typeof wanted !== 'object' || wanted === null) return 'expected an object of switches';
  for (const [name, value] of Object.entries(wanted)) {
    const choices: readonly unknown[] | undefined = CHOICES[name as keyof Behaviour];
    if (choices === undefined) return `no switch ${name}; there are ${Object.keys(CHOICES).join(', ')}`;
    if (!choices.includes(value)) return `${name} is one of ${choices.join(', ')}`;
  }
  Object.assign(behaviour, wanted);
  return null;
}
