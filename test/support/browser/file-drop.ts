import { decode, encode } from "@msgpack/msgpack";
import { testActor } from "../actors.ts";
import { startLinked } from "./kept.ts";
import type { Tab } from "./tab.ts";

interface Reply {
  readonly statusCode: number;
  readonly text: string;
}

/** The actor `filedrop` in a tab, linked to the blob store, and asked as a web server would ask it. */
export class FileDrop {
  readonly tab: Tab;

  private constructor(tab: Tab) {
    this.tab = tab;
  }

  static async open(tab: Tab): Promise<FileDrop> {
    await startLinked(tab, "filedrop", "weblattice:blobstore");
    return new FileDrop(tab);
  }

  /** Keeps a file of so many bytes, all the same. */
  put(name: string, bytes: number, fill: number): Promise<Reply> {
    return this.#ask("PUT", `/${name}`, { bytes, fill });
  }

  /** Goes on with a file that was interrupted, at the chunk of a number. */
  putRest(name: string, bytes: number, fill: number, from: number): Promise<Reply> {
    return this.#ask("PUT", `/${name}`, { bytes, fill }, `from=${from}`);
  }

  remove(name: string): Promise<Reply> {
    return this.#ask("DELETE", `/${name}`);
  }

  /** Names and sizes of all files. */
  async list(): Promise<unknown> {
    return JSON.parse((await this.#ask("GET", "/")).text);
  }

  /** The bytes of a file that there are, each once; and how many. */
  async get(name: string): Promise<{ readonly length: number; readonly values: readonly number[] }> {
    for (;;) {
      const { statusCode, text } = await this.#ask("GET", `/${name}`);
      if (statusCode === 200) return JSON.parse(text) as { length: number; values: number[] };
      if (statusCode !== 202) throw new Error(`${statusCode}: ${text}`);
    }
  }

  /** The body is made, and looked at if it is large, in the page: it is much to carry. */
  async #ask(method: string, path: string, body = { bytes: 0, fill: 0 }, queryString = ""): Promise<Reply> {
    const request = encode({ method, path, queryString, header: {}, body: new Uint8Array(0) });
    const call = { target: testActor("filedrop").key, head: request.slice(0, -2), ...body };
    const { start, length, values } = await (await this.tab.host()).evaluate(
      async (host, { target, head, bytes, fill }) => {
        const payload = new Uint8Array(head.length + 5 + bytes).fill(fill);
        payload.set(head);
        const view = new DataView(payload.buffer);
        view.setUint8(head.length, 0xc6);
        view.setUint32(head.length + 1, bytes);
        const { reply } = await host.call(target, "HandleRequest", payload);
        // What comes before the body of a large answer is shorter than this.
        const large = reply.slice(200);
        return { start: reply.slice(0, 4_000), length: reply.length, values: [...new Set(large)] };
      },
      call,
    );
    if (length <= start.length) {
      const { statusCode, body: bytes } = decode(start) as { statusCode: number; body: Uint8Array };
      return { statusCode, text: Buffer.from(bytes).toString() };
    }
    const at = Buffer.from(start).indexOf("body") + "body".length;
    const size = Buffer.from(start).readUInt32BE(at + 1);
    return { statusCode: 200, text: JSON.stringify({ length: size, values }) };
  }
}
