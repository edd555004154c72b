/** The systems that the sandbox stands for; a dev tool besides Kitemaker is built in `devSystems.ts`. */
export const SYSTEMS = ['craft', 'kitemaker', 'craftdesk', 'craftnote', 'redmine'] as const;
export type System = (typeof SYSTEMS)[number];

/** A mount is named for its system: `kitemaker-rest`. */
export function systemOf(mount: string): System {
  const system = SYSTEMS.find((one) => mount === one || mount.startsWith(`${one}-`));
  if (system === undefined) throw new Error(`the mount ${mount} is named for no system`);
  return system;
}
