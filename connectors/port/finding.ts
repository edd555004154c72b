/** One thing that `check` found; `wrong` makes it exit 1. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'wrong';
  /** Path in the configuration, e.g. `pipelines.mobile.target.spaceId`. */
  readonly where: string;
  /** One sentence; names the bad value and the nearest existing one. */
  readonly message: string;
}
