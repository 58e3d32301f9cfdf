import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:blobstore` without containers, or another one on the same containers. */
export type OpenBlobstore = (options: {
  readonly maxObjectBytes: number;
  readonly again?: boolean;
}) => Promise<CapabilityProvider>;

class Blobs {
  readonly actors: LinkedActors;

  constructor(actors: LinkedActors) {
    this.actors = actors;
  }

  ask(operation: string, request: unknown, actor?: string): Promise<unknown> {
    return this.actors.ask(operation, request, actor);
  }

  start(id: string, totalBytes: number, chunkSize: number, more: object = {}): Promise<unknown> {
    return this.ask("StartUpload", {
      chunk: { ...chunk(id, 0, new Uint8Array(0), totalBytes, chunkSize), ...more },
    });
  }

  send(id: string, sequenceNo: number, bytes: Uint8Array, totalBytes = 0, chunkSize = 0): Promise<unknown> {
    return this.ask("UploadChunk", { chunk: chunk(id, sequenceNo, bytes, totalBytes, chunkSize) });
  }

  /** Uploads in chunks of a size. */
  async upload(id: string, bytes: Uint8Array, chunkSize: number): Promise<void> {
    same(await this.start(id, bytes.length, chunkSize), OK);
    for (let n = 0; n * chunkSize < bytes.length; n++) {
      same(await this.send(id, n, bytes.slice(n * chunkSize, (n + 1) * chunkSize)), OK);
    }
  }

  /** All bytes of an object, as they are delivered. */
  async download(id: string, chunkSize: number, actor = "MA"): Promise<Uint8Array> {
    this.actors.delivered.length = 0;
    const info = (await this.info(id)) as { byteSize: number };
    const request = { blob_id: id, container_id: "c", chunk_size: chunkSize, context: null };
    same(await this.ask("StartDownload", request, actor), OK);
    const count = Math.ceil(info.byteSize / (chunkSize === 0 ? 524_288 : chunkSize));
    const delivered = await this.actors.deliveries(count);
    const chunks = delivered.map(({ message }) => (message as { chunkBytes: Uint8Array }).chunkBytes);
    return Uint8Array.from(chunks.flatMap((bytes) => [...bytes]));
  }

  info(id: string): Promise<unknown> {
    return this.ask("GetObjectInfo", { blob_id: id, container_id: "c" });
  }

  list(): Promise<unknown> {
    return this.ask("ListObjects", { container_id: "c" });
  }
}

const OK = { success: true, error: null };
const NONE = { id: "none", container: { id: "none" }, byteSize: 0 };
const failed = (error: string) => ({ success: false, error });
const blob = (id: string, byteSize: number) => ({ id, container: { id: "c" }, byteSize });
const chunk = (
  id: string,
  sequenceNo: number,
  chunkBytes: Uint8Array,
  totalBytes: number,
  chunkSize: number,
) => ({
  sequenceNo,
  container: { id: "c" },
  id,
  totalBytes,
  chunkSize,
  context: null,
  chunkBytes,
});
const numbered = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7);

const demand = (
  title: string,
  run: (blobs: Blobs, again: () => Promise<Blobs>) => Promise<void>,
): Demand<OpenBlobstore> => ({
  title,
  run: async (open) => {
    const opened: LinkedActors[] = [];
    const make = async (again: boolean): Promise<Blobs> => {
      const actors = new LinkedActors(await open({ maxObjectBytes: 1_000_000, again }));
      opened.push(actors);
      await actors.link();
      return new Blobs(actors);
    };
    try {
      const blobs = await make(false);
      same(await blobs.ask("CreateContainer", { id: "c" }), { id: "c" });
      await run(blobs, () => make(true));
    } finally {
      await Promise.all(opened.map(({ provider }) => provider.stop()));
    }
  },
});

const objects: readonly Demand<OpenBlobstore>[] = [
  demand("an object is uploaded and downloaded in chunks of any size", async (blobs) => {
    for (const [length, up, down] of [
      [10, 4, 3],
      [12, 4, 4],
      [1, 10, 10],
      [9, 1, 9],
      [100_000, 30_000, 7_001],
    ] as const) {
      const bytes = numbered(length);
      await blobs.upload("f", bytes, up);
      same(await blobs.download("f", down), bytes);
    }
  }),
  demand("a delivered chunk says all that both generations of guests look for", async (blobs) => {
    await blobs.upload("f", numbered(5), 5);
    await blobs.ask("StartDownload", { blob_id: "f", container_id: "c", chunk_size: 3, context: "x" });
    const delivered = await blobs.actors.deliveries(2);
    const expected = (sequenceNo: number, bytes: Uint8Array) => {
      const bare = { ...chunk("f", sequenceNo, bytes, 5, 3), context: "x" };
      return { actor: "MA", operation: "ReceiveChunk", message: { ...bare, chunk: bare } };
    };
    same(delivered, [expected(0, numbered(5).slice(0, 3)), expected(1, numbered(5).slice(3))]);
  }),
  demand("a chunk size of 0 means 512 KiB for downloads, and any size for uploads", async (blobs) => {
    const bytes = numbered(600_000);
    same(await blobs.start("f", bytes.length, 0), OK);
    same(await blobs.send("f", 0, bytes.slice(0, 400_000)), OK);
    same(await blobs.send("f", 1, bytes.slice(400_000)), OK);
    const downloaded = await blobs.download("f", 0);
    same(downloaded.length, bytes.length);
    same(
      downloaded.every((byte, index) => byte === bytes[index]),
      true,
    );
    same(blobs.actors.delivered.length, 2);
  }),
  demand("uploads are understood in the forms of all generations", async (blobs) => {
    const part = (id: string, n: number): object => chunk(id, n, Uint8Array.of(n), 2, 1);
    for (const [id, wrap] of [
      ["wrapped", (value: object) => ({ chunk: value })],
      ["bare", (value: object) => value],
      ["first", (value: object) => ({ blob: value })],
    ] as const) {
      same(await blobs.ask("StartUpload", wrap(part(id, 0))), OK);
      for (const n of [0, 1]) same(await blobs.ask("UploadChunk", wrap(part(id, n))), OK);
      same(await blobs.ask("GetObjectInfo", { blob: blob(id, 0) }), blob(id, 2));
    }
    same(await blobs.ask("ListObjects", { container: { id: "c" } }), {
      blobs: [blob("bare", 2), blob("first", 2), blob("wrapped", 2)],
    });
    same(await blobs.ask("RemoveObject", { blob: blob("bare", 0) }), OK);
    await blobs.ask("StartDownload", {
      request: { id: "first", container: { id: "c" }, chunkSize: 2, context: null },
    });
    same((await blobs.actors.deliveries(1)).length, 1);
  }),
  demand("an empty object is there at once, and downloads no chunks", async (blobs) => {
    same(await blobs.start("empty", 0, 4), OK);
    same(await blobs.info("empty"), blob("empty", 0));
    same(await blobs.ask("StartDownload", { blob_id: "empty", container_id: "c", chunk_size: 1 }), OK);
  }),
  demand("objects are listed by name with their sizes, described, and removed", async (blobs) => {
    await blobs.upload("b", numbered(3), 3);
    await blobs.upload("a/x", numbered(2), 2);
    same(await blobs.list(), { blobs: [blob("a/x", 2), blob("b", 3)] });
    same(await blobs.info("b"), blob("b", 3));
    same(await blobs.ask("RemoveObject", { id: "b", container_id: "c" }), OK);
    same(await blobs.info("b"), NONE);
    same(await blobs.list(), { blobs: [blob("a/x", 2)] });
  }),
  demand("what is missing is said in the words of old", async (blobs) => {
    same(await blobs.info("none"), NONE);
    same(await blobs.ask("GetObjectInfo", { blob_id: "f", container_id: "nowhere" }), NONE);
    same(await blobs.ask("RemoveObject", { id: "f", container_id: "c" }), failed("No such object"));
    const download = { blob_id: "f", container_id: "c", chunk_size: 1 };
    await refused(blobs.ask("StartDownload", download), "provider.failure", "No such object");
    await refused(
      blobs.ask("ListObjects", { container_id: "nowhere" }),
      "provider.failure",
      "No such container",
    );
    const nowhere = { chunk: { ...chunk("f", 0, new Uint8Array(0), 1, 1), container: { id: "nowhere" } } };
    same(await blobs.ask("StartUpload", nowhere), failed("No such container"));
  }),
];

const containers: readonly Demand<OpenBlobstore>[] = [
  demand("a container is created as often as one likes, and removed when it is empty", async (blobs) => {
    same(await blobs.ask("CreateContainer", { container: { id: "c" } }), { id: "c" });
    await blobs.upload("f", numbered(1), 1);
    same(await blobs.ask("RemoveContainer", { id: "c" }), failed("Directory not empty"));
    same(await blobs.info("f"), blob("f", 1));
    await blobs.ask("RemoveObject", { id: "f", container_id: "c" });
    same(await blobs.ask("RemoveContainer", { id: "c" }), OK);
    same(await blobs.ask("RemoveContainer", { container: { id: "c" } }), failed("No such container"));
  }),
  demand("links with another root see other containers", async (blobs) => {
    await blobs.upload("f", numbered(1), 1);
    await blobs.actors.link({ ROOT: "/tmp/other" }, "MB");
    await refused(
      blobs.ask("ListObjects", { container_id: "c" }, "MB"),
      "provider.failure",
      "No such container",
    );
    await blobs.actors.link({ ROOT: "" }, "MC");
    same(await blobs.ask("ListObjects", { container_id: "c" }, "MC"), { blobs: [blob("f", 1)] });
  }),
  demand("names that lead out of their place are refused", async (blobs) => {
    const names = ["", ".", "..", "../passwd", "/etc/h4x0rd", "a/../b", "a//b", "a/", "a\\b", "a\0b", "a\nb"];
    for (const id of [...names, "x".repeat(1_025)]) {
      await refused(blobs.ask("CreateContainer", { id }), "provider.bad_request");
      await refused(blobs.ask("ListObjects", { container_id: id }), "provider.bad_request");
      await refused(blobs.start(id, 1, 1), "provider.bad_request");
      await refused(blobs.info(id), "provider.bad_request");
      await refused(blobs.ask("RemoveObject", { id, container_id: "c" }), "provider.bad_request");
    }
    same(await blobs.list(), { blobs: [] });
  }),
  demand("names of any alphabet, and those that objects have, are names", async (blobs) => {
    const names = ["__proto__", "a b", "constructor", "ключ", "🙂"];
    for (const [index, id] of names.entries()) await blobs.upload(id, numbered(index + 1), 1);
    for (const [index, id] of names.entries()) same(await blobs.info(id), blob(id, index + 1));
  }),
];

const uploads: readonly Demand<OpenBlobstore>[] = [
  demand("an object is visible when it is complete, and the former one until then", async (blobs) => {
    await blobs.start("f", 4, 2);
    await blobs.send("f", 0, Uint8Array.of(1, 1));
    same(await blobs.info("f"), NONE);
    same(await blobs.list(), { blobs: [] });
    await blobs.send("f", 1, Uint8Array.of(1, 1));
    same(await blobs.info("f"), blob("f", 4));
    await blobs.start("f", 3, 2);
    await blobs.send("f", 0, Uint8Array.of(2, 2));
    same(await blobs.download("f", 4), Uint8Array.of(1, 1, 1, 1));
    await blobs.send("f", 1, Uint8Array.of(2));
    same(await blobs.download("f", 4), Uint8Array.of(2, 2, 2));
  }),
  demand("chunks may come in any order, from 0 or 1, and more than once", async (blobs) => {
    for (const first of [0, 1]) {
      await blobs.start("f", 5, 2);
      for (const n of [2, 0, 0, 2, 1]) {
        same(await blobs.send("f", first + n, numbered(5).slice(n * 2, n * 2 + 2)), OK);
      }
      same(await blobs.download("f", 5), numbered(5));
    }
  }),
  demand("chunks that do not fit are refused, and the upload goes on", async (blobs) => {
    same(
      await blobs.send("f", 0, Uint8Array.of(1)),
      failed("There is no upload of this object; begin it with StartUpload"),
    );
    await blobs.start("f", 4, 2);
    same(
      await blobs.send("f", 0, numbered(3)),
      failed("The chunk has more than the 2 bytes that were announced"),
    );
    same(await blobs.send("f", 0, new Uint8Array(0)), failed("The chunk is empty"));
    await blobs.send("f", 0, Uint8Array.of(1, 2));
    same(
      await blobs.send("f", 7, Uint8Array.of(3, 4)),
      failed("All bytes are there, but the numbers of the chunks are not contiguous from 0 or 1"),
    );
    same(await blobs.send("f", 1, Uint8Array.of(3, 4)), OK);
    same(await blobs.download("f", 4), Uint8Array.of(1, 2, 3, 4));
    await blobs.start("g", 3, 0);
    await blobs.send("g", 0, Uint8Array.of(1, 2));
    same(
      await blobs.send("g", 1, Uint8Array.of(3, 4)),
      failed("The chunks have more than the 3 bytes that were announced"),
    );
  }),
  demand("an object larger than allowed is refused before it is sent", async (blobs) => {
    same(await blobs.start("f", 1_000_001, 1), failed("An object has at most 1000000 bytes"));
    same(await blobs.start("f", 1_000_000, 1), OK);
  }),
  demand("an upload survives its provider, and goes on without being begun again", async (blobs, again) => {
    await blobs.start("f", 4, 2);
    await blobs.send("f", 0, Uint8Array.of(1, 2));
    await blobs.actors.provider.stop();
    const later = await again();
    same(await later.send("f", 1, Uint8Array.of(3, 4)), OK);
    same(await later.download("f", 2), Uint8Array.of(1, 2, 3, 4));
  }),
  demand(
    "an upload that is begun again starts anew, unless its context says that it is the same",
    async (blobs) => {
      const half = Uint8Array.of(1, 2);
      const starts: readonly [object, object, boolean][] = [
        [{ context: "t" }, { context: "t" }, true],
        [{ context: "t" }, { context: "u" }, false],
        [{}, {}, false],
        [{ context: "" }, { context: "" }, false],
        [{ context: "t" }, { context: "t", chunkSize: 3 }, false],
      ];
      for (const [index, [first, second, goesOn]] of starts.entries()) {
        const id = `f${index}`;
        await blobs.start(id, 4, 2, first);
        await blobs.send(id, 0, half);
        await blobs.start(id, 4, 2, second);
        await blobs.send(id, 1, half);
        same([index, await blobs.info(id)], [index, goesOn ? blob(id, 4) : NONE]);
      }
    },
  ),
  demand(
    "a chunk of an upload that gave way to another one is refused, if both have a context",
    async (blobs) => {
      const send = (context: string | null, sequenceNo: number, byte: number): Promise<unknown> =>
        blobs.ask("UploadChunk", {
          chunk: { ...chunk("f", sequenceNo, Uint8Array.of(byte), 2, 1), context },
        });
      await blobs.start("f", 2, 1, { context: "mine" });
      await blobs.start("f", 2, 1, { context: "yours" });
      same(await send("mine", 0, 1), failed("Another upload of this object was begun meanwhile"));
      same(await send("yours", 0, 2), OK);
      same(await send(null, 1, 3), OK);
      same(await blobs.download("f", 2), Uint8Array.of(2, 3));
    },
  ),
  demand("many uploads of one container at one time all arrive, and do not mix", async (blobs) => {
    const names = Array.from({ length: 8 }, (_, index) => `f${index}`);
    const bytesOf = (name: string) => new TextEncoder().encode(`${name} `.repeat(10));
    await Promise.all(
      names.map(async (id) => {
        const bytes = bytesOf(id);
        same(await blobs.start(id, bytes.length, 12), OK);
        const parts = [0, 1, 2].map((n) => blobs.send(id, n, bytes.slice(n * 12, n * 12 + 12)));
        for (const answer of await Promise.all(parts)) same(answer, OK);
      }),
    );
    same(await blobs.list(), { blobs: [...names].sort().map((id) => blob(id, bytesOf(id).length)) });
    for (const id of names) same(await blobs.download(id, 0), bytesOf(id));
  }),
  demand("uploads of different actors do not mix", async (blobs) => {
    await blobs.actors.link({}, "MB");
    await blobs.start("f", 2, 1);
    const foreign = await blobs.ask("UploadChunk", { chunk: chunk("f", 0, Uint8Array.of(9), 2, 1) }, "MB");
    same((foreign as { success: boolean }).success, false);
  }),
];

const deliveries: readonly Demand<OpenBlobstore>[] = [
  demand("an actor that refuses a chunk gets no more of them", async (blobs) => {
    await blobs.upload("f", numbered(10), 10);
    blobs.actors.answer = () => {
      if (blobs.actors.delivered.length === 3) throw new Error("enough");
      return null;
    };
    await blobs.ask("StartDownload", { blob_id: "f", container_id: "c", chunk_size: 1 });
    await blobs.actors.deliveries(3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    same(blobs.actors.delivered.length, 3);
  }),
  demand("the next chunk is sent when the one before was taken", async (blobs) => {
    await blobs.upload("f", numbered(10), 10);
    let atOnce = 0;
    let most = 0;
    blobs.actors.answer = async () => {
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 1));
      atOnce--;
      return null;
    };
    await blobs.download("f", 1);
    same(most, 1);
  }),
  demand("wrong payloads, unknown operations and calls without a link are refused", async (blobs) => {
    await refused(blobs.ask("CreateContainer", {}), "provider.bad_request", /^Failed to de-serialize: /);
    await refused(blobs.ask("UploadChunk", { chunk: { id: "f" } }), "provider.bad_request");
    await refused(blobs.ask("ReceiveChunk", {}), "provider.unknown_operation", "bad dispatch");
    await refused(blobs.ask("CreateContainer", { id: "c" }, "MX"), "link.not_found");
  }),
];

/** What every provider of `wasmcloud:blobstore` must do. */
export const blobstoreDemands: readonly Demand<OpenBlobstore>[] = [
  ...objects,
  ...containers,
  ...uploads,
  ...deliveries,
];
