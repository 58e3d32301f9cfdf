import { HostError } from "../../src/errors/index.ts";

type Verb = "CONNECT" | "PING" | "PONG" | "SUB" | "UNSUB" | "PUB" | "HPUB";
const forms: Readonly<Record<Verb, RegExp>> = {
  CONNECT: /^(?<json>\{.*)$/,
  PING: /^(?<json>)$/,
  PONG: /^(?<json>)$/,
  SUB: /^(?<subject>\S+)(?:\s+(?<queue>\S+))?\s+(?<sid>\S+)$/,
  UNSUB: /^(?<sid>\S+)(?:\s+(?<max>\d{1,9}))?$/,
  PUB: /^(?<subject>\S+)(?:\s+(?<reply>\S+))?\s+(?<size>\d{1,9})$/,
  HPUB: /^(?<subject>\S+)(?:\s+(?<reply>\S+))?\s+(?<header>\d{1,9})\s+(?<size>\d{1,9})$/,
};

/** A published message; its header block, if any, is the start of the payload. */
export interface BrokerMessage {
  readonly subject: string;
  readonly reply: string | undefined;
  readonly headerLength: number;
  readonly payload: Buffer;
}

/** One command of a client. Words that its verb does not have are empty. */
export interface BrokerCommand extends BrokerMessage {
  readonly verb: Verb;
  readonly json: string;
  readonly sid: string;
  readonly queue: string | undefined;
  readonly max: number;
}

/** What a client did wrong, in the words of nats-server. */
export function violation(text: string): HostError {
  return new HostError("lattice.undecodable", text);
}

/** Makes a parser of a client's bytes that holds one control line (4 KiB) or one payload at most. */
export function makeBrokerParser(maxPayload: number): (chunk: Buffer) => Generator<BrokerCommand> {
  let chunks: Buffer[] = [];
  let held = 0;
  let needed = 0;
  let awaiting: (BrokerCommand & { size: number }) | undefined;
  return function* parse(chunk) {
    chunks.push(chunk);
    held += chunk.length;
    if (held < needed) return; // a payload is joined once, when all of it is here
    let data = Buffer.concat(chunks, held);
    for (needed = 0; data.length >= needed; needed = awaiting === undefined ? 0 : awaiting.size + 2) {
      if (awaiting !== undefined) {
        const { size, ...command } = awaiting;
        if (data.toString("latin1", size, size + 2) !== "\r\n") throw violation("Unknown Protocol Operation");
        yield { ...command, payload: data.subarray(0, size) };
        awaiting = undefined;
        data = data.subarray(size + 2);
        continue;
      }
      const end = data.indexOf("\n");
      if ((end < 0 ? data.length : end) > 4096) throw violation("Maximum Control Line Exceeded");
      if (end < 0) break;
      const command = parseLine(data.toString("utf8", 0, end).trim(), maxPayload);
      data = data.subarray(end + 1);
      if (command.verb.endsWith("PUB")) awaiting = command;
      else yield command;
    }
    chunks = [data];
    held = data.length;
  };
}

function parseLine(line: string, maxPayload: number): BrokerCommand & { size: number } {
  const [word = ""] = line.split(/\s/, 1);
  const verb = word.toUpperCase() as Verb;
  const words = forms[verb]?.exec(line.slice(word.length).trim())?.groups;
  if (words === undefined) throw violation("Unknown Protocol Operation");
  const { json = "", subject = "", reply, sid = "", queue, max = 0, header = 0, size = 0 } = words;
  if (Number(size) > maxPayload) throw violation("Maximum Payload Violation");
  if (Number(header) > Number(size)) throw violation("Unknown Protocol Operation");
  const numbers = { max: Number(max), headerLength: Number(header), size: Number(size) };
  return { verb, json, subject, reply, sid, queue, ...numbers, payload: Buffer.alloc(0) };
}
