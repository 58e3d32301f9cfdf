import type { Authorizer } from "../authorizer.ts";

type Question = (authorizer: Authorizer) => boolean | Promise<boolean>;

/**
 * Allows what all of these allow. They are asked in order, one after the other, until one says no; one that fails ends
 * it too, with its error. Without any, everything is allowed.
 */
export function allOf(...authorizers: readonly Authorizer[]): Authorizer {
  return {
    canLoad: (claims) => doAll(authorizers, (each) => each.canLoad(claims)),
    canInvoke: (claims, target, operation) =>
      doAll(authorizers, (each) => each.canInvoke(claims, target, operation)),
  };
}

/**
 * Allows what at least one of these allows. They are asked in order, one after the other, until one says yes. One that
 * fails does not keep the next from being asked; if then none says yes, the first failure is the answer. Without any,
 * nothing is allowed.
 *
 * A list of what is denied belongs in {@link allOf}: here it would allow all the rest.
 */
export function anyOf(...authorizers: readonly Authorizer[]): Authorizer {
  return {
    canLoad: (claims) => doesAny(authorizers, (each) => each.canLoad(claims)),
    canInvoke: (claims, target, operation) =>
      doesAny(authorizers, (each) => each.canInvoke(claims, target, operation)),
  };
}

async function doAll(authorizers: readonly Authorizer[], question: Question): Promise<boolean> {
  for (const authorizer of authorizers) if (!(await question(authorizer))) return false;
  return true;
}

async function doesAny(authorizers: readonly Authorizer[], question: Question): Promise<boolean> {
  const failures: unknown[] = [];
  for (const authorizer of authorizers) {
    try {
      if (await question(authorizer)) return true;
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return false;
}
