import { fail } from "./failure";
import { allocate } from "./heap";
import { PackReader, TextPair } from "./pack-reader";

class Field {
  constructor(
    readonly name: string,
    readonly start: usize,
    readonly next: Field | null,
  ) {}
}

/**
 * A message that is a map with named members. Order and unknown members do not matter; a member that is asked for and
 * missing, or of another kind, makes the message undecodable.
 */
export class Fields {
  private reader: PackReader;
  private first: Field | null = null;

  constructor(message: ArrayBuffer) {
    const reader = new PackReader(message);
    this.reader = reader;
    for (let left = reader.map(); left > 0 && reader.failure === null; left--) {
      const name = reader.text();
      this.first = new Field(name, reader.position, this.first);
      reader.skip();
    }
  }

  /** True as soon as anything could not be read. */
  get undecodable(): bool {
    return this.reader.failure !== null;
  }

  /** Fails the call whose payload this is. */
  refuse(): ArrayBuffer | null {
    const failure = this.reader.failure;
    return fail(`Failed to de-serialize: ${failure === null ? "" : failure}`);
  }

  /** Traps if an answer of the host was not what the contract promises. */
  demand(): void {
    this.reader.demand();
  }

  /** Whether the member is there and not nil. */
  has(name: string): bool {
    const field = this.find(name);
    if (field === null) return false;
    this.reader.seek(field.start);
    return !this.reader.nil();
  }

  bool(name: string): bool {
    return this.open(name) && this.reader.bool();
  }

  i32(name: string): i32 {
    return this.open(name) ? this.reader.i32() : 0;
  }

  i32Or(name: string, otherwise: i32): i32 {
    return this.has(name) ? this.i32(name) : otherwise;
  }

  u32(name: string): u32 {
    return this.open(name) ? this.reader.u32() : 0;
  }

  u64(name: string): u64 {
    return this.open(name) ? this.reader.u64() : 0;
  }

  text(name: string): string {
    return this.open(name) ? this.reader.text() : "";
  }

  textOr(name: string, otherwise: string): string {
    return this.has(name) ? this.text(name) : otherwise;
  }

  bytes(name: string): ArrayBuffer {
    return this.open(name) ? this.reader.bytes() : allocate(0);
  }

  /** The bytes of a member, none if it is absent. */
  bytesOrNone(name: string): ArrayBuffer {
    return this.has(name) ? this.bytes(name) : allocate(0);
  }

  texts(name: string): TextPair[] {
    return this.open(name) ? this.reader.texts() : [];
  }

  private open(name: string): bool {
    if (this.undecodable) return false;
    const field = this.find(name);
    if (field === null) {
      this.reader.fail(`missing field \`${name}\``);
      return false;
    }
    this.reader.seek(field.start);
    return true;
  }

  private find(name: string): Field | null {
    let field = this.first;
    while (field !== null && field.name != name) field = field.next;
    return field;
  }
}
