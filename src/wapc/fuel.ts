/** The global through which the host fills a guest's fuel, in modules with fuel counters. */
export const FUEL_EXPORT: string = "__weblattice_fuel";

/**
 * Loop rounds and function entries a guest may use for one call, host calls included. A tight loop uses it up in a few
 * seconds; the call's deadline usually comes first for everything else.
 */
export const FUEL_PER_CALL: number = 2 ** 29;
