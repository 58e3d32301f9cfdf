/** What is known of an object. */
export interface BlobInfo {
  readonly name: string;
  readonly bytes: number;
}

/** Says which upload is meant. */
export interface UploadName {
  /** Who uploads: uploads of different owners have nothing in common. */
  readonly owner: string;
  readonly container: string;
  readonly name: string;
  /** Tells uploads of one object apart; the empty text, as none, fits all of them. */
  readonly token?: string;
}

/** How an object is going to be uploaded. */
export interface UploadPlan extends UploadName {
  readonly totalBytes: number;
  /** Bytes of every part but the last; 0: any. */
  readonly partBytes: number;
}

/** An object that can be read, whatever becomes of its name meanwhile. */
export interface BlobReader {
  readonly bytes: number;
  /** The bytes of a range; fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * The port for objects in containers. Names are checked by the provider: plain segments between slashes. An object is
 * there when all its bytes are, and not before; one that is replaced is there until then.
 *
 * Every method rejects with HostError `storage.quota` where there is no room, `storage.failed` for what else goes wrong,
 * and `provider.failure` where that is said.
 */
export interface BlobStore {
  /** One that is there already is fine. */
  createContainer(container: string): Promise<void>;
  /** @throws HostError `provider.failure` if there is none, or it is not empty. */
  removeContainer(container: string): Promise<void>;
  hasContainer(container: string): Promise<boolean>;
  /** Objects in the order of their names. @throws HostError `provider.failure` if there is no such container. */
  list(container: string): Promise<BlobInfo[]>;
  info(container: string, name: string): Promise<BlobInfo | undefined>;
  /** @returns whether there was one. */
  remove(container: string, name: string): Promise<boolean>;
  open(container: string, name: string): Promise<BlobReader | undefined>;
  /**
   * Begins an upload, or goes on with an unfinished one of the same token and plan; without a token it starts anew. An
   * empty object is there at once.
   */
  startUpload(plan: UploadPlan): Promise<void>;
  /**
   * Keeps a part; once more is fine. With the last of them the object is there. Parts are numbered from 0 or 1, and may
   * come in any order.
   *
   * @throws HostError `provider.failure` for an upload that was not begun, a part that does not fit, or one of another token.
   */
  uploadPart(upload: UploadName, number: number, bytes: Uint8Array): Promise<void>;
  /** Removes what killed hosts left and nobody can use. Called before the first link is used, and not waited for. */
  tidy?(): Promise<void>;
}
