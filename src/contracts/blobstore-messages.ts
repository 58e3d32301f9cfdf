import * as v from "valibot";
import { type Codec, messageCodec } from "./codec.ts";
import {
  bytesField,
  decodeValue,
  encodeMessage,
  type FieldsOf,
  isMap,
  type MessageFields,
  optionalField,
  readMessage,
  structField,
  textField,
  uint64Field,
} from "./payload.ts";

/** A group of objects. */
export interface BlobContainer {
  readonly id: string;
}

/** What is known of an object. */
export interface Blob {
  readonly id: string;
  readonly container: BlobContainer;
  readonly byteSize: number;
}

export interface BlobList {
  readonly blobs: readonly Blob[];
}

/** A part of an object. */
export interface FileChunk {
  /** Its place among the chunks. */
  readonly sequenceNo: number;
  readonly container: BlobContainer;
  readonly id: string;
  /** Bytes of the whole object. */
  readonly totalBytes: number;
  /** Bytes of every chunk but the last. */
  readonly chunkSize: number;
  /** Whatever the actor wants to be told again. */
  readonly context?: string | undefined;
  readonly chunkBytes: Uint8Array;
}

/** Names an object. */
export interface BlobName {
  readonly id: string;
  readonly containerId: string;
}

export interface DownloadRequest extends BlobName {
  /** Bytes of every chunk but the last; 0: whatever the provider likes. */
  readonly chunkSize: number;
  readonly context?: string | undefined;
}

export interface BlobstoreResult {
  readonly success: boolean;
  readonly error?: string | undefined;
}

const name = textField(65_536);
const context = optionalField(textField(65_536));
const container = structField<BlobContainer>({ id: name });
const blobFields: FieldsOf<Blob> = { id: name, container, byteSize: uint64Field };
const chunkFields: FieldsOf<FileChunk> = {
  sequenceNo: uint64Field,
  container,
  id: name,
  totalBytes: uint64Field,
  chunkSize: uint64Field,
  context,
  chunkBytes: bytesField,
};
const blob = structField<Blob>(blobFields);
const chunk = structField<FileChunk>(chunkFields);

export const containerCodec: Codec<BlobContainer> = messageCodec<BlobContainer>({ id: name });
export const blobCodec: Codec<Blob> = messageCodec<Blob>(blobFields);
export const blobListCodec: Codec<BlobList> = messageCodec<BlobList>({
  blobs: v.pipe(v.array(blob), v.maxLength(1_048_576)),
});
export const resultCodec: Codec<BlobstoreResult> = messageCodec<BlobstoreResult>({
  success: v.boolean(),
  error: optionalField(textField(65_536)),
});

/** `{id}`, or `{container}` of interfaces 0.1 and 0.2.1. */
export const containerRequestCodec: Codec<BlobContainer> = {
  encode: (request) => containerCodec.encode(request),
  decode: (payload) => {
    const value = decodeValue(payload);
    return holds(value, "container")
      ? readMessage({ container }, value).container
      : readMessage({ id: name }, value);
  },
};

/** `{container_id}`, or `{container}` of interfaces 0.1 and 0.2.1. */
export const listRequestCodec: Codec<BlobContainer> = {
  encode: ({ id }) => encodeMessage({ container_id: id }),
  decode: (payload) => {
    const value = decodeValue(payload);
    if (holds(value, "container")) return readMessage({ container }, value).container;
    return { id: readMessage({ container_id: name }, value).container_id };
  },
};

/**
 * `{…, container_id}`, or `{blob}` of interfaces 0.1 and 0.2.1.
 *
 * @param idName - `id` or `blob_id`: the interface uses both.
 */
export function blobRequestCodec(idName: "id" | "blob_id"): Codec<BlobName> {
  const fields: MessageFields = { [idName]: name, container_id: name };
  return {
    encode: ({ id, containerId }) => encodeMessage({ [idName]: id, container_id: containerId }),
    decode: (payload) => {
      const value = decodeValue(payload);
      if (!holds(value, "blob")) {
        const { [idName]: id, container_id } = readMessage(fields, value) as Record<string, string>;
        return { id: id ?? "", containerId: container_id ?? "" };
      }
      const named = readMessage({ blob }, value).blob;
      return { id: named.id, containerId: named.container.id };
    },
  };
}

/** Four members, or `{request}` of interfaces 0.1 and 0.2.1. */
export const downloadRequestCodec: Codec<DownloadRequest> = {
  encode: ({ id, containerId, chunkSize, context }) =>
    encodeMessage({
      blob_id: id,
      container_id: containerId,
      chunk_size: chunkSize,
      context: context ?? null,
    }),
  decode: (payload) => {
    const value = decodeValue(payload);
    if (holds(value, "request")) {
      const old = structField<Omit<DownloadRequest, "containerId"> & { readonly container: BlobContainer }>({
        id: name,
        container,
        chunkSize: uint64Field,
        context,
      });
      const { request } = readMessage({ request: old }, value);
      const { id, chunkSize } = request;
      return { id, containerId: request.container.id, chunkSize, context: request.context };
    }
    const fields = { blob_id: name, container_id: name, chunk_size: uint64Field, context };
    const request = readMessage(fields, value);
    return {
      id: request.blob_id,
      containerId: request.container_id,
      chunkSize: request.chunk_size,
      context: request.context,
    };
  },
};

/** `{chunk}`, the chunk alone of interface 0.2.0, or `{blob}` of the first uploads. */
export const uploadCodec: Codec<FileChunk> = {
  encode: (value) => encodeMessage({ chunk: chunkToWire(value) }),
  decode: (payload) => {
    const value = decodeValue(payload);
    if (holds(value, "blob")) return readMessage({ blob: chunk }, value).blob;
    const isWrapped = holds(value, "chunk") || (Array.isArray(value) && value.length === 1);
    return isWrapped ? readMessage({ chunk }, value).chunk : readMessage(chunkFields, value);
  },
};

/**
 * One map that holds the chunk's members and, under `chunk`, the same chunk again: guests of both generations read
 * theirs and pass over the other. The bytes travel twice.
 */
export const receiveChunkCodec: Codec<FileChunk> = {
  encode: (value) => {
    const wire = chunkToWire(value);
    return encodeMessage({ ...wire, chunk: wire });
  },
  decode: (payload) => uploadCodec.decode(payload),
};

function chunkToWire(value: FileChunk): object {
  return {
    sequenceNo: value.sequenceNo,
    container: { id: value.container.id },
    id: value.id,
    totalBytes: value.totalBytes,
    chunkSize: value.chunkSize,
    context: value.context ?? null,
    chunkBytes: value.chunkBytes,
  };
}

/** Whether a decoded map has a member that is more than a text. */
function holds(value: unknown, member: string): boolean {
  return isMap(value) && typeof value[member] === "object" && value[member] !== null;
}
