/**
 * Any part of any answer: the properties that the tests read, typed as if each were always there. If one is missing, an
 * expectation fails, so the tests need no narrowing of their own.
 */
export interface Part {
  readonly id: string;
  readonly ids: readonly number[];
  readonly shortId: string;
  readonly accountId: string;
  readonly title: string;
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly key: string;
  readonly message: string;
  readonly description: string | null;
  readonly effort: number | null;
  readonly value: string;
  readonly number: number;
  readonly updateTime: string;
  readonly updatedAt: string;
  readonly appliedAt: string | null;
  readonly route: string | null;
  readonly path: readonly string[];
  readonly cursor: string;
  readonly hasMore: boolean;
  readonly entityIds: readonly string[];
  readonly status: Part;
  readonly metadata: { readonly perPage: number; readonly totalRecords: number };
  readonly body: Part;
  readonly data: Part;
  /** A page of GraphQL, and the list in it. */
  readonly workItems: Part & Parts;
  readonly space: Part;
  readonly entity: Part;
  readonly organization: Part;
  readonly workItem: Part;
  readonly createWorkItem: Part;
  readonly editWorkItem: Part;
  readonly items: Parts;
  readonly customFields: Parts;
  readonly customFieldValues: Parts;
  readonly labels: Parts;
  readonly errors: Parts;
  readonly insights: Parts;
  readonly comments: Parts;
  readonly spaces: Parts;
  readonly statuses: Parts;
}

/** A list with a first element. */
export type Parts = readonly Part[] & { readonly 0: Part };
