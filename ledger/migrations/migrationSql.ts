/** One migration: SQL under a name. */
export interface MigrationSql {
  /** `NNNN_what_it_adds`. Migrations are applied in the order of `index.ts` and recorded by this name. */
  readonly name: string;
  readonly up: string;
}
