/** How many items the drills of mass failures use: few in the gate, as many as wanted by hand. */
export function drillItems(): number {
  const given = Number(process.env['CRAFTSYNC_TEST_DRILL_ITEMS'] ?? '12');
  if (Number.isInteger(given) && given > 5) return given;
  throw new Error('CRAFTSYNC_TEST_DRILL_ITEMS is a whole number above 5, the most that may vanish at once');
}
