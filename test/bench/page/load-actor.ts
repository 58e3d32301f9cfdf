/** A signed module and the key in it, as served beside the page. */
export interface LoadedActor {
  readonly key: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Fetches a test actor by name. */
export async function loadActor(name: string): Promise<LoadedActor> {
  const index = (await (await fetch("/actors/index.json")).json()) as {
    readonly name: string;
    readonly key: string;
  }[];
  const entry = index.find((actor) => actor.name === name);
  if (entry === undefined) throw new Error(`There is no test actor called ${name}`);
  const module = await fetch(`/actors/${name}.wasm`);
  return { key: entry.key, bytes: new Uint8Array(await module.arrayBuffer()) };
}
