import { describe, expect, it } from "vitest";
import {
  blobstoreContract,
  type Codec,
  type Exchange,
  eventStreamsContract,
  graphDbContract,
  httpClientContract,
  httpServerContract,
  keyValueContract,
  loggingContract,
  messagingContract,
  telnetContract,
} from "../../../src/contracts/index.ts";
import { bytes, hex, pack } from "./payloads.ts";
import { recorded } from "./recorded.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const { HandleRequest } = httpServerContract.deliveries;
const { Publish, Request } = messagingContract.calls;
const { SendText } = telnetContract.calls;
const { QueryGraph, DeleteGraph } = graphDbContract.calls;
const blobs = blobstoreContract.calls;
const pairs = keyValueContract.calls;
const streams = eventStreamsContract.calls;

const chunk = {
  sequenceNo: 1,
  container: { id: "c" },
  id: "f",
  totalBytes: 5,
  chunkSize: 4,
  chunkBytes: Uint8Array.of(1, 255),
};
const event = { eventId: "7", streamId: "s", values: { a: "1" } };
const response = {
  statusCode: 404,
  status: "Not Found",
  header: { "content-type": "text/plain" },
  body: utf8("no"),
};

type Row = readonly [name: keyof typeof recorded, codec: Codec<never>, value: unknown];
const row = <T>(name: keyof typeof recorded, codec: Codec<T>, value: T): Row => [
  name,
  codec as unknown as Codec<never>,
  value,
];

const rows: readonly Row[] = [
  row("http Request", HandleRequest.request, {
    method: "GET",
    path: "/",
    queryString: "",
    header: {},
    body: Uint8Array.of(1, 2),
  }),
  row("http Response", HandleRequest.reply, response),
  row("http Response", httpClientContract.calls.Request.reply, response),
  row("client Request", httpClientContract.calls.Request.request, {
    method: "POST",
    url: "https://example.com/a?b=c",
    headers: { accept: "*/*" },
    body: Uint8Array.of(0, 255),
  }),
  row("PublishArgs", Publish.request, { subject: "a.b", replyTo: "", body: utf8("hi") }),
  row("PublishResponse", Publish.reply, { published: true }),
  row("RequestArgs", Request.request, { subject: "a.b", body: utf8("hi"), timeout: 1500 }),
  row("BrokerMessage", Request.reply, { subject: "_INBOX.1", replyTo: "", body: utf8("ok") }),
  row("BrokerMessage", messagingContract.deliveries.HandleMessage.request, {
    subject: "_INBOX.1",
    replyTo: "",
    body: utf8("ok"),
  }),
  row("SendText", SendText.request, { session: "s1", text: "hello\r\n" }),
  row("TelnetResult", SendText.reply, { success: true }),
  row("TelnetResult, failed", SendText.reply, { success: false, error: "gone" }),
  row("TelnetResult, bare", SendText.reply, { success: true, bare: true }),
  row("SessionStarted", telnetContract.deliveries.SessionStarted.request, { session: "s1" }),
  row("SendText", telnetContract.deliveries.ReceiveText.request, { session: "s1", text: "hello\r\n" }),
  row("QueryGraph", QueryGraph.request, { graphName: "g", query: "RETURN 1" }),
  row("DeleteGraph", DeleteGraph.request, { graphName: "g" }),
  row("DeleteGraph result", DeleteGraph.reply, { success: true }),
  row("WriteLog", loggingContract.calls.WriteLog.request, {
    target: "LOGGING_ACTORINFO",
    level: "info",
    text: "hello",
  }),
  row("Container", blobs.CreateContainer.request, { id: "c" }),
  row("Container", blobs.CreateContainer.reply, { id: "c" }),
  row("Container", blobs.RemoveContainer.request, { id: "c" }),
  row("BlobstoreResult", blobs.RemoveContainer.reply, { success: false, error: "full" }),
  row("RemoveObject", blobs.RemoveObject.request, { id: "f", containerId: "c" }),
  row("ListObjects", blobs.ListObjects.request, { id: "c" }),
  row("BlobList", blobs.ListObjects.reply, {
    blobs: [{ id: "f", container: { id: "c" }, byteSize: 300 }],
  }),
  row("GetObjectInfo", blobs.GetObjectInfo.request, { id: "f", containerId: "c" }),
  row("Blob", blobs.GetObjectInfo.reply, { id: "f", container: { id: "c" }, byteSize: 300 }),
  row("FileChunk, wrapped", blobs.StartUpload.request, chunk),
  row("FileChunk, wrapped", blobs.UploadChunk.request, chunk),
  row("FileChunk, delivered", blobstoreContract.deliveries.ReceiveChunk.request, { ...chunk, context: "x" }),
  row("StartDownload", blobs.StartDownload.request, {
    id: "f",
    containerId: "c",
    chunkSize: 4,
    context: "x",
  }),
  row("kv Key", pairs.Get.request, { key: "k" }),
  row("kv Get result", pairs.Get.reply, { value: "v", exists: true }),
  row("kv Add", pairs.Add.request, { key: "k", value: -5 }),
  row("kv Add result", pairs.Add.reply, { value: 3 }),
  row("kv Set", pairs.Set.request, { key: "k", value: "v", expires: 300 }),
  row("kv Set result", pairs.Set.reply, { value: "v" }),
  row("kv Key", pairs.Del.request, { key: "k" }),
  row("kv Key", pairs.Del.reply, { key: "k" }),
  row("kv Key", pairs.Clear.request, { key: "k" }),
  row("kv Key", pairs.Clear.reply, { key: "k" }),
  row("kv Range", pairs.Range.request, { key: "k", start: 0, stop: -1 }),
  row("kv Values", pairs.Range.reply, { values: ["a", "b"] }),
  row("kv Entry", pairs.Push.request, { key: "k", value: "v" }),
  row("kv List count", pairs.Push.reply, { newCount: 2 }),
  row("kv Entry", pairs.ListItemDelete.request, { key: "k", value: "v" }),
  row("kv List count", pairs.ListItemDelete.reply, { newCount: 2 }),
  row("kv Entry", pairs.SetAdd.request, { key: "k", value: "v" }),
  row("kv Set count", pairs.SetAdd.reply, { new_count: 1 }),
  row("kv Entry", pairs.SetRemove.request, { key: "k", value: "v" }),
  row("kv Set count", pairs.SetRemove.reply, { new_count: 1 }),
  row("kv Keys", pairs.SetUnion.request, { keys: ["a", "b"] }),
  row("kv Values", pairs.SetUnion.reply, { values: ["a", "b"] }),
  row("kv Keys", pairs.SetIntersection.request, { keys: ["a", "b"] }),
  row("kv Values", pairs.SetIntersection.reply, { values: ["a", "b"] }),
  row("kv Key", pairs.SetQuery.request, { key: "k" }),
  row("kv Values", pairs.SetQuery.reply, { values: ["a", "b"] }),
  row("kv Key", pairs.KeyExists.request, { key: "k" }),
  row("kv Get result", pairs.KeyExists.reply, { value: "v", exists: true }),
  row("WriteEvent", streams.WriteEvent.request, { streamId: "s", values: { a: "1" } }),
  row("EventAck", streams.WriteEvent.reply, { eventId: "7" }),
  row("QueryStream", streams.QueryStream.request, {
    streamId: "s",
    range: { minTime: 1_620_000_000_000, maxTime: 1_620_000_000_001 },
    count: 10,
  }),
  row("QueryStream, all", streams.QueryStream.request, { streamId: "s", count: 0 }),
  row("EventList", streams.QueryStream.reply, { events: [event] }),
  row("Event", eventStreamsContract.deliveries.DeliverEvent.request, event),
  row("EventAck", eventStreamsContract.deliveries.DeliverEvent.reply, { eventId: "7" }),
];

describe("a message of a contract", () => {
  it.each(rows)("is written byte for byte, and read: %s", (name, codec, value) => {
    expect(hex((codec as Codec<unknown>).encode(value))).toBe(recorded[name]);
    expect(codec.decode(bytes(recorded[name]))).toEqual(value);
  });

  it.each(rows.filter(([name]) => name !== "TelnetResult, bare"))(
    "is refused as garbage, as nil, and cut short: %s",
    (name, codec) => {
      for (const payload of [bytes("c1"), bytes("c0"), bytes(recorded[name].slice(0, -2)), bytes("")]) {
        expect(() => codec.decode(payload)).toThrow(
          expect.objectContaining({
            code: "provider.bad_request",
            message: expect.stringMatching(/^Failed to de-serialize: ./),
          }),
        );
      }
    },
  );
});

/** Both messages of every operation, but answers without bytes. */
const messages = [
  blobstoreContract,
  eventStreamsContract,
  graphDbContract,
  httpClientContract,
  httpServerContract,
  keyValueContract,
  loggingContract,
  messagingContract,
  telnetContract,
].flatMap(({ id, calls, deliveries }) =>
  Object.entries({ ...calls, ...deliveries } as Record<string, Exchange<never, never>>).flatMap(
    ([operation, exchange]) => [
      [`${id} ${operation}`, exchange.request] as const,
      ...(isVoid(exchange.reply) ? [] : [[`answer to ${id} ${operation}`, exchange.reply] as const]),
    ],
  ),
);

function isVoid(codec: Codec<never>): boolean {
  try {
    return codec.encode(undefined as never).length === 0;
  } catch {
    return false;
  }
}

describe("the recorded payloads", () => {
  it.each(messages)("have one of each message: %s", (_name, codec) => {
    // That of a graph query is below: it is not read as it was written.
    const tried: readonly Codec<never>[] = [
      ...rows.map(([, each]) => each),
      QueryGraph.reply as Codec<never>,
    ];
    expect(tried).toContain(codec);
  });
});

describe("both generations of payloads", () => {
  it.each(["FileChunk, wrapped", "FileChunk, bare", "FileChunk, first uploads"] as const)(
    "an upload is understood as %s",
    (name) => {
      expect(blobs.UploadChunk.request.decode(bytes(recorded[name]))).toEqual(chunk);
    },
  );

  it("an upload may come by position", () => {
    const { sequenceNo, id, totalBytes, chunkSize, chunkBytes } = chunk;
    const fields = [sequenceNo, ["c"], id, totalBytes, chunkSize, null, chunkBytes];
    expect(blobs.StartUpload.request.decode(pack(fields))).toEqual(chunk);
    expect(blobs.StartUpload.request.decode(pack([fields]))).toEqual(chunk);
  });

  it("containers and objects may be wrapped", () => {
    const container = bytes(recorded["Container, old"]);
    const blob = bytes(recorded["Blob, wrapped"]);
    for (const { request } of [blobs.CreateContainer, blobs.RemoveContainer, blobs.ListObjects]) {
      expect(request.decode(container)).toEqual({ id: "c" });
    }
    for (const { request } of [blobs.RemoveObject, blobs.GetObjectInfo]) {
      expect(request.decode(blob)).toEqual({ id: "f", containerId: "c" });
    }
    expect(blobs.StartDownload.request.decode(bytes(recorded["StartDownload, old"]))).toEqual({
      id: "f",
      containerId: "c",
      chunkSize: 4,
      context: "x",
    });
  });

  it("a delivered chunk can be read by guests of either interface", () => {
    const delivered = bytes(recorded["FileChunk, delivered"]);
    const whole = { ...chunk, context: "x" };
    expect(blobs.UploadChunk.request.decode(delivered)).toEqual(whole);
  });

  it("the answer to a message request can be its body alone", () => {
    const reply = { subject: "s", replyTo: "", body: utf8("ok"), raw: true };
    expect(hex(Request.reply.encode(reply))).toBe("6f6b");
  });
});

describe("a result of a graph query", () => {
  const value = {
    resultSet: {
      columns: [
        {
          scalars: [
            { intValue: -5 },
            { intValue: 2n ** 53n + 1n },
            { doubleValue: 1.5 },
            { boolValue: false },
            { stringValue: "s" },
            {},
          ],
        },
        { nodes: [{ labels: ["L"], properties: { p: { intValue: 1 } } }] },
        { relations: [{ typeName: "T", properties: {} }] },
      ],
      statistics: ["Cached execution: 0"],
    },
  };

  it("is written by columns, byte for byte, with integers of 64 bits", () => {
    expect(hex(QueryGraph.reply.encode(value))).toBe(recorded["QueryGraph result"]);
  });

  it("writes numbers beyond 32 bits as integers, never as floats, which guests trap on", () => {
    const wide = (intValue: number | bigint): string => {
      const columns = [{ scalars: [{ intValue }] }];
      return hex(QueryGraph.reply.encode({ resultSet: { columns, statistics: [] } }));
    };
    for (const number of [2 ** 31, 2 ** 32, -(2 ** 40), 2 ** 52]) {
      expect(wide(number)).toBe(wide(BigInt(number)));
      expect(wide(number)).not.toContain("cb");
    }
  });

  it("is read again", () => {
    const [first, ...others] = value.resultSet.columns;
    const read = QueryGraph.reply.decode(bytes(recorded["QueryGraph result"]));
    expect(read.resultSet.columns.slice(1)).toEqual(others);
    expect(read.resultSet.columns[0]?.scalars?.length).toBe(first?.scalars?.length);
    expect(read.resultSet.statistics).toEqual(value.resultSet.statistics);
  });
});

describe("the limits of messages", () => {
  const refused = { code: "provider.bad_request" };
  const request = { method: "GET", path: "/", queryString: "", body: utf8("") };

  it("are those of a map: entries, lengths, and texts only", () => {
    const decode = (header: unknown) => () => HandleRequest.request.decode(pack({ ...request, header }));
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, ""]));
    expect(decode(many(1_024))()).toMatchObject({ method: "GET" });
    expect(decode(many(1_025))).toThrow(expect.objectContaining(refused));
    expect(decode({ h: 1 })).toThrow(expect.objectContaining(refused));
    expect(decode([["h", "v"]])).toThrow(expect.objectContaining(refused));
    expect(decode({ h: "x".repeat(65_537) })).toThrow(expect.objectContaining(refused));
  });

  it("keep names that objects have by themselves", () => {
    const header = { constructor: "a", toString: "b", prototype: "c" };
    expect(HandleRequest.request.decode(pack({ ...request, header })).header).toEqual(header);
  });

  it.each([
    ["a float", 1.5],
    ["negative", -1],
    ["beyond 2^53", 2n ** 60n],
  ])("refuse a total that is %s", (_, total) => {
    const payload = bytes(
      hex(pack({ ...chunk, context: null, totalBytes: 0 })).replace(
        "aa746f74616c427974657300",
        `aa746f74616c4279746573${typeof total === "bigint" ? "cf1000000000000000" : hex(pack(total))}`,
      ),
    );
    expect(() => blobs.UploadChunk.request.decode(payload)).toThrow(expect.objectContaining(refused));
  });

  it("let a stream be asked up to the largest time there is", () => {
    const range = bytes("82a76d696e54696d6500a76d617854696d65cfffffffffffffffff");
    const payload = Uint8Array.of(
      ...bytes("83a873747265616d4964a173a572616e6765"),
      ...range,
      ...bytes("a5636f756e7400"),
    );
    expect(streams.QueryStream.request.decode(payload).range?.maxTime).toBe(2 ** 64);
  });
});

describe("operations", () => {
  it("and contracts have the names of the interfaces", () => {
    const contracts = [
      httpServerContract,
      httpClientContract,
      messagingContract,
      telnetContract,
      graphDbContract,
      loggingContract,
      blobstoreContract,
      eventStreamsContract,
    ];
    const names = contracts.map(({ id, calls, deliveries }) => [
      id,
      Object.keys(calls).join(" "),
      Object.keys(deliveries).join(" "),
    ]);
    expect(names).toEqual([
      ["wasmcloud:httpserver", "", "HandleRequest"],
      ["wasmcloud:httpclient", "Request", ""],
      ["wasmcloud:messaging", "Publish Request", "HandleMessage"],
      ["wasmcloud:telnet", "SendText", "SessionStarted ReceiveText"],
      ["wasmcloud:graphdb", "QueryGraph DeleteGraph", ""],
      ["wasmcloud:logging", "WriteLog", ""],
      [
        "wasmcloud:blobstore",
        "CreateContainer RemoveContainer RemoveObject ListObjects StartUpload UploadChunk StartDownload GetObjectInfo",
        "ReceiveChunk",
      ],
      ["wasmcloud:eventstreams", "WriteEvent QueryStream", "DeliverEvent"],
    ]);
  });
});
