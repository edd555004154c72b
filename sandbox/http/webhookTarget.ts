/** Where a system sends its webhooks, and what they are signed with. */
export interface WebhookTarget {
  readonly url: string;
  /** In the form that the system gives out. */
  readonly secret: string;
}
