/** The systems that the sandbox plays. Each dev tool here has a folder of its own and a line in `devSystems.ts`. */
export const DEV_SYSTEM_NAMES = ['kitemaker', 'craftdesk', 'craftnote', 'redmine'] as const;
export type DevSystemName = (typeof DEV_SYSTEM_NAMES)[number];

export const SYSTEMS = ['craft', ...DEV_SYSTEM_NAMES] as const;
export type System = (typeof SYSTEMS)[number];

/** The dev tool that is meant where none is named. */
export const DEFAULT_TOOL: DevSystemName = 'kitemaker';

/** A mount is named for its system: `kitemaker-rest`. */
export function systemOf(mount: string): System {
  const system = SYSTEMS.find((one) => mount === one || mount.startsWith(`${one}-`));
  if (system === undefined) throw new Error(`the mount ${mount} is named for no system`);
  return system;
}
