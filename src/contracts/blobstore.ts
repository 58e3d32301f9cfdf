import {
  type Blob,
  type BlobContainer,
  type BlobList,
  type BlobName,
  type BlobstoreResult,
  blobCodec,
  blobListCodec,
  blobRequestCodec,
  containerCodec,
  containerRequestCodec,
  type DownloadRequest,
  downloadRequestCodec,
  type FileChunk,
  listRequestCodec,
  receiveChunkCodec,
  resultCodec,
  uploadCodec,
} from "./blobstore-messages.ts";
import { voidCodec } from "./codec.ts";
import type { Contract, Exchange } from "./contract.ts";

export type BlobstoreCalls = {
  readonly CreateContainer: Exchange<BlobContainer, BlobContainer>;
  readonly RemoveContainer: Exchange<BlobContainer, BlobstoreResult>;
  readonly RemoveObject: Exchange<BlobName, BlobstoreResult>;
  readonly ListObjects: Exchange<BlobContainer, BlobList>;
  readonly StartUpload: Exchange<FileChunk, BlobstoreResult>;
  readonly UploadChunk: Exchange<FileChunk, BlobstoreResult>;
  readonly StartDownload: Exchange<DownloadRequest, BlobstoreResult>;
  readonly GetObjectInfo: Exchange<BlobName, Blob>;
};
export type BlobstoreDeliveries = { readonly ReceiveChunk: Exchange<FileChunk, void> };

/** Objects in containers, sent in chunks. Contracts document 7.9; requests of all generations are understood. */
export const blobstoreContract: Contract<BlobstoreCalls, BlobstoreDeliveries> = {
  id: "wasmcloud:blobstore",
  calls: {
    CreateContainer: { request: containerRequestCodec, reply: containerCodec },
    RemoveContainer: { request: containerRequestCodec, reply: resultCodec },
    RemoveObject: { request: blobRequestCodec("id"), reply: resultCodec },
    ListObjects: { request: listRequestCodec, reply: blobListCodec },
    StartUpload: { request: uploadCodec, reply: resultCodec },
    UploadChunk: { request: uploadCodec, reply: resultCodec },
    StartDownload: { request: downloadRequestCodec, reply: resultCodec },
    GetObjectInfo: { request: blobRequestCodec("blob_id"), reply: blobCodec },
  },
  deliveries: { ReceiveChunk: { request: receiveChunkCodec, reply: voidCodec } },
};
