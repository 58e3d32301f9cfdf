/** The core labels of a host in a browser: there is no machine it could speak for. Protocol section 11.4. */
export function webLabels(): Readonly<Record<string, string>> {
  return { "hostcore.arch": "wasm32", "hostcore.os": "browser", "hostcore.osfamily": "browser" };
}
