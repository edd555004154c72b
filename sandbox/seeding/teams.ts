/** The teams of the sandbox's product, each with the dev tool that its items go to. */
export const TEAMS = [
  { team: 'mobile', system: 'kitemaker' },
  { team: 'web', system: 'craftdesk' },
  { team: 'branches', system: 'craftnote' },
  { team: 'core', system: 'redmine' },
] as const;
