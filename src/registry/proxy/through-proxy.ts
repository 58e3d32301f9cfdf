import { HostError } from "../../errors/index.ts";

/**
 * The `proxy` option of a registry client that reaches registries through a {@link registryProxy}.
 * @param address the whole address of the proxy: `new URL("/registry-proxy", location.href).href`
 * @param registries those that are reached so; all others are reached directly. Default: all
 * @throws HostError `input.invalid`
 */
export function throughRegistryProxy(
  address: string,
  registries?: readonly string[],
): (url: string) => string | undefined {
  if (!URL.canParse(address))
    throw new HostError("input.invalid", "A registry proxy needs its whole address");
  const base = new URL(address);
  const place = `${base.origin}${base.pathname.replace(/\/$/, "")}`;
  return (url) => {
    const { origin, host, pathname, search } = new URL(url);
    if (origin === base.origin || !pathname.startsWith("/v2/")) return undefined;
    if (registries !== undefined && !registries.includes(host)) return undefined;
    return `${place}/${host}${pathname}${search}`;
  };
}
