import { Fields, hostCall, HttpRequest, JsonWriter, ok, on, PackReader, PackWriter } from "../guest";

export { __guest_call } from "../guest";

const CONTRACT = "wasmcloud:extras";
const RANDOM_BELOW: u32 = 100;

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
  on("Modern", modern);
}

/** Asks for a random number, a guid and a sequence number in the form of interface 0.1.0. Contract section 7.10. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();

  const random = hostCall(CONTRACT, "RequestRandom", generatorRequest(false, false, true, RANDOM_BELOW));
  if (random === null) return null;
  const guid = hostCall(CONTRACT, "RequestGuid", generatorRequest(true, false, false, 0));
  if (guid === null) return null;
  const sequence = hostCall(CONTRACT, "RequestSequence", generatorRequest(false, true, false, 0));
  if (sequence === null) return null;

  const json = new JsonWriter().raw('{"guid":');
  writeGuid(json, guid);
  json.raw(',"random":').number(randomNumber(random));
  json.raw(',"sequence":').unsigned(sequenceNumber(sequence)).raw("}");
  return ok(json.finish());
}

/** Asks for the same three in the form of interface 0.1.2, whose answers are bare values. */
function modern(payload: ArrayBuffer): ArrayBuffer | null {
  const range = new PackWriter().map(2).text("min").int(0).text("max").int(RANDOM_BELOW).finish();
  const random = hostCall(CONTRACT, "RequestRandom", range);
  if (random === null) return null;
  const guid = hostCall(CONTRACT, "RequestGuid", new ArrayBuffer(0));
  if (guid === null) return null;
  const sequence = hostCall(CONTRACT, "RequestSequence", new ArrayBuffer(0));
  if (sequence === null) return null;

  const randomReader = new PackReader(random);
  const guidReader = new PackReader(guid);
  const sequenceReader = new PackReader(sequence);
  const answer = new PackWriter()
    .map(3)
    .text("guid")
    .text(guidReader.text())
    .text("random")
    .unsigned(randomReader.u32())
    .text("sequence")
    .unsigned(sequenceReader.u64())
    .finish();
  randomReader.demand();
  guidReader.demand();
  sequenceReader.demand();
  return answer;
}

function generatorRequest(guid: bool, sequence: bool, random: bool, max: u32): ArrayBuffer {
  return new PackWriter()
    .map(5)
    .text("guid")
    .bool(guid)
    .text("sequence")
    .bool(sequence)
    .text("random")
    .bool(random)
    .text("min")
    .unsigned(0)
    .text("max")
    .unsigned(max)
    .finish();
}

function randomNumber(answer: ArrayBuffer): u32 {
  const fields = new Fields(answer);
  const value = fields.u32("random_number");
  fields.demand();
  return value;
}

function sequenceNumber(answer: ArrayBuffer): u64 {
  const fields = new Fields(answer);
  const value = fields.u64("sequenceNumber");
  fields.demand();
  return value;
}

function writeGuid(json: JsonWriter, answer: ArrayBuffer): void {
  const fields = new Fields(answer);
  if (fields.has("guid")) json.text(fields.text("guid"));
  else json.raw("null");
  fields.demand();
}
