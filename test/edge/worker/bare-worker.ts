import { DurableObject } from "cloudflare:workers";

/** An object that gives back what it is given. */
export class BareObject extends DurableObject {
  async echo(payload: Uint8Array): Promise<Uint8Array> {
    return payload;
  }
}

interface Environment {
  readonly BARE: { idFromName(name: string): unknown; get(id: unknown): BareObject };
}

/** The least that a worker can do: the other side of the benchmark. */
export default {
  async fetch(request: Request, { BARE }: Environment): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/call") return new Response("hello, world");
    const object = BARE.get(BARE.idFromName("bare"));
    const payload = new Uint8Array(Number(searchParams.get("bytes")));
    let left = Number(searchParams.get("calls"));
    const loop = async (): Promise<void> => {
      while (left-- > 0) await object.echo(payload);
    };
    await Promise.all(Array.from({ length: Number(searchParams.get("inFlight")) }, loop));
    return new Response("done");
  },
};
