import { invalidValue } from "../link-values.ts";

/** A host name, `*` for any, or `*.` and a domain for all hosts below it; a port where only that one is meant. */
const RULE = /^(?:\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Whether a text says which hosts may be asked. */
export function isHostRule(text: string): boolean {
  return RULE.test(text.toLowerCase());
}

/** Whether a rule allows every host that another one allows. */
export function coversRule(rule: string, other: string): boolean {
  const [given, wanted] = [partsOf(rule), partsOf(other)];
  if (given.port !== undefined && given.port !== wanted.port) return false;
  if (given.name === "*" || given.name === wanted.name) return true;
  return given.name.startsWith("*.") && wanted.name.endsWith(given.name.slice(1));
}

/** Which hosts may be asked. */
export class HostRules {
  readonly #rules: readonly string[] | undefined;

  /**
   * @param rules - none: every host.
   * @throws HostError `link.invalid` for what is no rule.
   */
  constructor(rules: readonly string[] | undefined, name = "allowed_hosts") {
    this.#rules = rules?.map((rule) => rule.toLowerCase());
    if (this.#rules?.every(isHostRule) === false) {
      throw invalidValue(
        name,
        "must be a comma list of hosts such as example.com, *.example.com or example.com:8443",
      );
    }
  }

  /** Whether every host is allowed. */
  get allowsAll(): boolean {
    return this.#rules === undefined || this.#rules.includes("*");
  }

  allows(url: URL): boolean {
    return this.#rules === undefined || this.#rules.some((rule) => fits(rule, url));
  }
}

function fits(rule: string, url: URL): boolean {
  const { name, port } = partsOf(rule);
  if (port !== undefined && port !== portOf(url)) return false;
  if (name === "*") return true;
  return name.startsWith("*.") ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
}

function partsOf(rule: string): { readonly name: string; readonly port: number | undefined } {
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(rule.toLowerCase()) ?? [];
  return { name, port: port === undefined ? undefined : Number(port) };
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" || url.protocol === "wss:" ? 443 : 80;
}
